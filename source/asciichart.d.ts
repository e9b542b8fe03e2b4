declare module 'asciichart' {
	type PlotOptions = {
		readonly min?: number;
		readonly max?: number;
		/** Rows between the lowest and the highest value. */
		readonly height?: number;
		/** Cells before the first column of the plot. */
		readonly offset?: number;
		readonly padding?: string;
		readonly symbols?: readonly string[];
		readonly colors?: readonly string[];
		readonly format?: (value: number, row: number) => string;
	};

	const asciichart: {
		/** Throws on an empty series and on NaN; draws one column less than there are values. */
		plot(series: readonly number[] | readonly (readonly number[])[], options?: PlotOptions): string;
	};
	export default asciichart;
}
