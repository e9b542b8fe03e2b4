import {expect, test} from 'vitest';
import {completed, readPrompt, suggestions} from '../../source/prompt.ts';

const contexts = ['kubeadm-lab', 'prod-eu-1', 'prod-eu-2', 'two words'];

test.each<[typed: string, command: object]>([
	['', {kind: 'nothing'}],
	['   ', {kind: 'nothing'}],
	['context prod-eu-1', {kind: 'context', name: 'prod-eu-1'}],
	['ctx   prod-eu-1  ', {kind: 'context', name: 'prod-eu-1'}],
	['context two words', {kind: 'context', name: 'two words'}],
	['contexts', {kind: 'context'}],
	['q', {kind: 'quit'}],
	['quit', {kind: 'quit'}],
	['quit now', {kind: 'unknown', word: 'quit'}],
	['defrag', {kind: 'unknown', word: 'defrag'}],
	['constructor', {kind: 'unknown', word: 'constructor'}],
])(':%s', (typed, command) => {
	expect(readPrompt(typed)).toEqual(command);
});

test.each<[typed: string, afterTab: string, found: readonly string[]]>([
	['', '', ['context', 'quit']],
	['c', 'context ', ['context']],
	['context p', 'context prod-eu-', ['prod-eu-1', 'prod-eu-2']],
	['ctx k', 'ctx kubeadm-lab', ['kubeadm-lab']],
	['context two', 'context two words', ['two words']],
	['context x', 'context x', []],
	['x', 'x', []],
])('Tab after :%s', (typed, afterTab, found) => {
	expect(completed(typed, contexts)).toBe(afterTab);
	expect(suggestions(typed, contexts)).toEqual(found);
});
