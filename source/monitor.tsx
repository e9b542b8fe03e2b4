export async function runMonitor(_: unknown): Promise<number> { return 1; }
