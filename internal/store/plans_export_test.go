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
