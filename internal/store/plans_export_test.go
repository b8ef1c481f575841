package store

import "kefu"

// Plan is a text whose plan a test looks at.
type Plan struct {
	Text string
	Args []any
}

// ConversationPlans gives the texts of the reads that a list of conversations is put together from.
func (tx *Tx) ConversationPlans(s kefu.Sight, f ConversationFilter, p Page) (all []Plan) {
	for _, q := range f.branches(s, p) {
		text, args := q.text()
		all = append(all, Plan{text, args})
	}
	return all
}

// WebhookPlan gives the text of a list of deliveries of webhooks.
func (tx *Tx) WebhookPlan(f WebhookFilter) (Plan, error) {
	q, err := f.query(tx)
	if err != nil {
		return Plan{}, err
	}
	text, args := q.text()
	return Plan{text, args}, nil
}

// ReplayPlan gives the text that finds what a replay comes by next.
func (tx *Tx) ReplayPlan(r WebhookReplay, limit int) Plan {
	text, args := r.deliveries(limit).text()
	return Plan{text, args}
}
