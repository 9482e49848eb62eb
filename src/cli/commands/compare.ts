export async function runCompare(): Promise<void> {}
