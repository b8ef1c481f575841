package wordpress

import "slices"

// armed is a fault, of requests or of hooks, that waits for its turn.
type armed[F any] struct {
	fault         F
	route         string // "" = every route
	after, count  int
	passed, fired int
}

// due counts one more event that the fault fits, and says whether it fires, and whether that was for the last time.
func (a *armed[F]) due() (fires, spent bool) {
	if a.passed < a.after {
		a.passed++
		return false, false
	}
	a.fired++
	return true, a.count > 0 && a.fired >= a.count
}

// arm puts a fault at the end of a list of the server and returns what disarms it.
func arm[F any](s *Server, list *[]*armed[F], a *armed[F]) (remove func()) {
	s.change(func() { *list = append(*list, a) })
	return func() {
		s.change(func() { *list = slices.DeleteFunc(*list, func(x *armed[F]) bool { return x == a }) })
	}
}

// next takes the fault of the list that fires now; nil for none. It runs with the lock held.
func next[F any](list *[]*armed[F], route string) *F {
	for i, a := range *list {
		if a.route != "" && a.route != route {
			continue
		}
		fires, spent := a.due()
		if spent {
			*list = slices.Delete(*list, i, i+1)
		}
		if fires {
			return &a.fault
		}
	}
	return nil
}
