package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ErrLabelRace says that somebody else wrote a conversation's labels each time we did.
var ErrLabelRace = errors.New("chatwoot: the labels were overwritten by somebody else each time; try again later")

// labelTries is how often a change of labels is written: once, and twice more after a lost race.
const labelTries = 3

// Labels reads the labels of a conversation.
func (c *Client) Labels(ctx context.Context, conversationID int64) ([]string, error) {
	body, err := c.read(ctx, at("/conversations", conversationID, "labels"), nil)
	return many[string](body, err, "payload")
}

// SetLabels replaces the labels of a conversation, and gives those that it has now. Agents see those alone that are spelled as the account
// knows them (AccountLabels), which is in small letters.
func (c *Client) SetLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error) {
	if err := checkLabels(labels); err != nil {
		return nil, err
	}
	body, err := c.call(ctx, http.MethodPost, at("/conversations", conversationID, "labels"), map[string][]string{"labels": append([]string{}, labels...)})
	return many[string](body, err, "payload")
}

// AddLabels adds labels and keeps the others, and gives those that the conversation has now. Chatwoot can only replace all: this reads,
// merges, writes, and reads again whether the labels are there; if not, somebody else wrote between, and it is tried twice more before
// ErrLabelRace. What another adds between our reading and our writing is lost, and cannot be seen.
func (c *Client) AddLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error) {
	return c.changeLabels(ctx, conversationID, labels, nil)
}

// RemoveLabels removes labels and keeps the others, as AddLabels adds.
func (c *Client) RemoveLabels(ctx context.Context, conversationID int64, labels ...string) ([]string, error) {
	return c.changeLabels(ctx, conversationID, nil, labels)
}

func (c *Client) changeLabels(ctx context.Context, id int64, add, remove []string) ([]string, error) {
	if err := checkLabels(slices.Concat(add, remove)); err != nil {
		return nil, err
	}
	have, err := c.Labels(ctx, id)
	if err != nil {
		return nil, err
	}
	for range labelTries {
		want := mergeLabels(have, add, remove)
		if slices.Equal(want, have) {
			return have, nil
		}
		if _, err := c.SetLabels(ctx, id, want...); err != nil {
			return nil, err
		}
		if have, err = c.Labels(ctx, id); err != nil {
			return nil, fmt.Errorf("the labels were written and not checked: %w", err)
		}
	}
	if slices.Equal(mergeLabels(have, add, remove), have) {
		return have, nil
	}
	return have, ErrLabelRace
}

// mergeLabels applies a difference and keeps the order. Case does not part labels: to Chatwoot's searches they are the same.
func mergeLabels(have, add, remove []string) []string {
	merged := slices.DeleteFunc(slices.Clone(have), func(l string) bool { return hasLabel(remove, l) })
	for _, l := range add {
		if !hasLabel(merged, l) {
			merged = append(merged, l)
		}
	}
	return merged
}

func hasLabel(list []string, label string) bool {
	return slices.ContainsFunc(list, func(l string) bool { return strings.EqualFold(l, label) })
}

func checkLabels(labels []string) error {
	var f faults
	for i, l := range labels {
		path := fmt.Sprintf("labels[%d]", i)
		f.need(path, l)
		if strings.Contains(l, ",") {
			f.add(path, "has a comma, which parts labels")
		}
	}
	return f.err()
}
