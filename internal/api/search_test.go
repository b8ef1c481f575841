package api_test

func searchSteps() []step {
	return []step{
		{op: "search", query: "q=%E9%80%80%E8%B2%A8&types=messages,tickets&limit=2"},
		{op: "search", query: "q=A-1001"},
		{op: "search", query: "q=a&types=articles&conversation=cnv_x&inbox=api"},
		{op: "search", query: "q=", status: 422},
		{op: "search", query: "q=***", status: 422},
		{op: "search", query: "q=a&types=people", status: 422},
		{op: "search", query: "q=a&cursor=x", status: 422},
	}
}
