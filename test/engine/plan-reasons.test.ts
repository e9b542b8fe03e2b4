/** What was typed counts for the plan that was shown, and for no other. */
import {describe, expect, it} from 'vitest';
import type {DefragPlan} from '../../source/domain/defrag-plan.ts';
import {reasonNotToStart} from '../../source/engine/plan-reasons.ts';
import {gatesWith, samplePlan} from '../helpers/sample-run.ts';

const ready = samplePlan({gates: gatesWith('cooldown', 'passed', 'none known of')});
const word = ready.confirmation.word;

function acknowledging(plan: DefragPlan, ...ids: readonly string[]): DefragPlan {
	return {...plan, confirmation: {...plan.confirmation, acknowledges: ids}};
}

describe('a run starts', () => {
	it('when the plan is still the one that was shown', () => {
		expect(reasonNotToStart(ready, ready, word)).toBeUndefined();
	});

	it('and waits with a countdown for a cooldown or a young leader', () => {
		const cooling = {...ready, gates: gatesWith('cooldown', 'pending', '0:12 left')};
		expect(reasonNotToStart(cooling, ready, word)).toBeUndefined();
	});
});

describe('a run does not start', () => {
	it.each(['', ` ${word}`, `${word} `, word.toUpperCase(), word.slice(0, -1)])('for %j', (typed) => {
		expect(reasonNotToStart(ready, ready, typed)).toContain('asks for');
	});

	it('for the word of another plan', () => {
		const graver = {...ready, confirmation: {...ready.confirmation, word: 'no snapshot, risk quorum'}};
		expect(reasonNotToStart(graver, ready, word)).toContain('no snapshot, risk quorum');
		expect(reasonNotToStart(graver, ready, 'no snapshot, risk quorum')).toContain('the plan changed');
	});

	it('over a warning that was not there when the word was typed', () => {
		const warned = acknowledging(
			{...ready, warnings: [{id: 'mixed-versions', text: 'members run different versions', remedy: ''}]},
			'mixed-versions',
		);
		expect(reasonNotToStart(warned, acknowledging(ready), word)).toBe(
			'the plan changed meanwhile: members run different versions',
		);
		expect(reasonNotToStart(warned, warned, word)).toBeUndefined();
	});

	it('with a member that came into the plan meanwhile', () => {
		const fewer = {...ready, steps: ready.steps.slice(0, 1)};
		expect(reasonNotToStart(ready, fewer, word)).toMatch(/came into it/);
		expect(reasonNotToStart(fewer, ready, word)).toBeUndefined();
	});

	it('on a member that leads meanwhile', () => {
		const [first, ...others] = ready.steps;
		const leads = {...ready, steps: [...others, {...first!, role: 'leader' as const}]};
		expect(reasonNotToStart(leads, ready, word)).toBe('the plan changed meanwhile: etcd-0 leads now');
		expect(reasonNotToStart({...ready, steps: ready.steps.toReversed()}, ready, word)).toBeUndefined();
	});

	it('on another cluster', () => {
		expect(reasonNotToStart({...ready, clusterId: 'ff'}, ready, word)).toContain('cluster ff');
	});

	it('with a gate that closed meanwhile', () => {
		const closed = {...ready, gates: gatesWith('inflight', 'failed', 'etcd-1 is defragmenting')};
		expect(reasonNotToStart(closed, ready, word)).toBe('nothing in flight: etcd-1 is defragmenting');
	});

	it('against a refusal', () => {
		expect(reasonNotToStart({...ready, refusal: 'no member gives back enough'}, ready, word)).toBe('no member gives back enough');
	});
});
