package discord

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
)

func (s *Server) listMessages(c *call) (reply, error) {
	q := c.r.URL.Query()
	limit, err := strconv.Atoi(cmp.Or(q.Get("limit"), "50"))
	if err != nil || limit < 1 || limit > 100 {
		f := newForm()
		f.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
		return reply{}, f.err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	out := []Message{}
	if s.w.permissions(s.w.botID, ch)&ReadMessageHistory == 0 {
		return ok(out)
	}
	for _, m := range ch.page(q.Get("before"), q.Get("after"), q.Get("around"), limit) {
		out = append(out, s.rendered(m))
	}
	return ok(out)
}

func (c *channel) page(before, after, around string, limit int) []*Message {
	all := c.messages
	at := func(id string) int {
		return sort.Search(len(all), func(i int) bool { return !older(all[i].ID, id) })
	}
	var out []*Message
	switch {
	case after != "":
		i := at(after)
		if i < len(all) && all[i].ID == after {
			i++
		}
		out = alive(all, i, 1, limit)
		slices.Reverse(out)
	case around != "":
		newer := alive(all, at(around), 1, limit/2+1)
		slices.Reverse(newer)
		out = slices.Concat(newer, alive(all, at(around)-1, -1, limit-len(newer)))
	case before != "":
		out = alive(all, at(before)-1, -1, limit)
	default:
		out = alive(all, len(all)-1, -1, limit)
	}
	return out
}

func alive(all []*Message, i, step, limit int) []*Message {
	var out []*Message
	for ; i >= 0 && i < len(all) && len(out) < limit; i += step {
		if !all[i].Deleted {
			out = append(out, all[i])
		}
	}
	return out
}
