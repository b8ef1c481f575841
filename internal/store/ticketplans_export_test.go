package store

import "kefu"

// TicketPlans gives the texts of the reads that a list of tickets is put together from.
func (tx *Tx) TicketPlans(s kefu.Sight, f TicketFilter, p Page) (all []Plan) {
	for _, q := range f.branches(s, p) {
		text, args := q.text()
		all = append(all, Plan{text, args})
	}
	return all
}
