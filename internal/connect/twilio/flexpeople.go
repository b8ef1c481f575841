package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// via is where staff of this desk answer, as others are told.
	via = "Flex"
	// agentPrefix stands before the identity of an agent, as the rules know them.
	agentPrefix = "flex:"
	// peoplePages bounds who is read of a conversation, 100 each.
	peoplePages = 5
)

// people are the agents in a conversation, in the order in which they came.
type people []person

type person struct{ identity, name string }

// peopleOf lists who takes part besides the customer.
func (c *Connector) peopleOf(ctx context.Context, conversation, customer string) (people, error) {
	var list people
	after := ""
	for range peoplePages {
		var page []api.Participant
		var err error
		if page, after, err = c.api.Participants(ctx, conversation, after); err != nil {
			return nil, err
		}
		slices.SortStableFunc(page, func(a, b api.Participant) int { return a.Created.Compare(b.Created) })
		for _, p := range page {
			if p.Identity != "" && p.Identity != customer && p.Identity != ourAuthor {
				list = append(list, person{p.Identity, cmp.Or(nameIn(p.Attributes), nameOf(p.Identity))})
			}
		}
		if after == "" {
			break
		}
	}
	return list, nil
}

// agent is the identity of who has the talk: who had it, if they are there, else who came first.
func (p people) agent(known string) (identity string, ok bool) {
	if len(p) == 0 {
		return "", false
	}
	identity, _ = strings.CutPrefix(known, agentPrefix)
	if slices.ContainsFunc(p, func(x person) bool { return x.identity == identity }) {
		return identity, true
	}
	return p[0].identity, true
}

// sender is somebody of the staff by their identity.
func (p people) sender(identity string) connector.Sender {
	s := connector.Sender{Kind: kefu.AuthorAgent, ID: agentPrefix + identity, Name: nameOf(identity), Via: via}
	if i := slices.IndexFunc(p, func(x person) bool { return x.identity == identity }); i >= 0 {
		s.Name = p[i].name
	}
	return s
}

// nameIn finds a name in a participant's attributes.
func nameIn(attributes string) string {
	var a map[string]any
	if json.Unmarshal([]byte(attributes), &a) != nil {
		return ""
	}
	for _, key := range []string{"friendly_name", "friendlyName", "full_name", "fullName", "display_name", "displayName", "name"} {
		if name, ok := a[key].(string); ok && oneLine(name) != "" {
			return kefu.Excerpt(oneLine(name), maxName)
		}
	}
	return ""
}

// nameOf makes a name of an identity. Flex writes what is no letter or digit of one as _ and two digits: amy_40shop_2Eexample.
func nameOf(identity string) string {
	name := identity
	if plain, err := url.PathUnescape(strings.ReplaceAll(strings.ReplaceAll(identity, "%", "%25"), "_", "%")); err == nil {
		name = plain
	}
	local, _, _ := strings.Cut(name, "@")
	return kefu.Excerpt(cmp.Or(oneLine(local), oneLine(name), via), maxName)
}
