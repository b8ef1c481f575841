package api_test

func ratingSteps() []step {
	return []step{
		{op: "listRatings", query: "limit=1"},
		{op: "listRatings", query: "agent_id={me}&team_id={team}&inbox_id=api&since=2020-01-01T00:00:00Z"},
	}
}
