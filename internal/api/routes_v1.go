package api

import "slices"

// operations is the route list of /api/v1: one slice for each resource, in the order of the document.
func (s *server) operations() []operation {
	return slices.Concat(
		s.labelRoutes(),
	)
}
