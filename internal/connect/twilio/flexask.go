package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// linkAttribute is how the task of a link is found again.
	linkAttribute = "kefu_conversation"
	// unnamed is an interaction that is there although nobody could tell its SID.
	unnamed = "unknown"
	// maxTried bounds what the agent is told that the bot tried, in characters.
	maxTried = 1000
)

// ask has Flex look for an agent, once: what an earlier call asked for is found by its task, and noted in the conversation.
func (c *Connector) ask(ctx context.Context, o connector.Opening, n api.Conversation, m mark) (mark, error) {
	if o.Unsure {
		asked, err := c.asked(ctx, n.SID, &m)
		if err != nil {
			return m, err
		}
		if asked {
			return m, c.noteMark(ctx, n, m)
		}
	}
	i, err := c.api.CreateInteraction(ctx, api.InteractionCreate{MediaChannelSID: n.SID, Type: c.set.channelType, Routing: api.Routing{
		WorkspaceSID: c.set.workspace, WorkflowSID: c.set.workflow, Attributes: routingAttributes(o, n.SID),
	}})
	switch {
	case api.Status(err) == http.StatusConflict: // an agent is asked already
		if _, err := c.asked(ctx, n.SID, &m); err != nil {
			return m, err
		}
		m.Interaction = cmp.Or(m.Interaction, unnamed)
	case api.Status(err) == http.StatusBadRequest || api.Status(err) == http.StatusNotFound:
		return m, &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeInbox, Err: err,
			Reason: "Flex did not take the conversation: look at workspace_sid and workflow_sid, and whether the conversation is of Flex's own service"}
	case err != nil:
		return m, err
	default:
		m.Interaction, m.Channel = i.SID, i.Channel.SID
	}
	return m, c.noteMark(ctx, n, m)
}

// asked finds the task that an earlier call has led to.
func (c *Connector) asked(ctx context.Context, conversation string, m *mark) (bool, error) {
	tasks, err := c.api.TasksWith(ctx, c.set.workspace, linkAttribute, conversation)
	if err != nil || len(tasks) == 0 {
		return false, err
	}
	var a struct {
		Interaction string `json:"flexInteractionSid"`
		Channel     string `json:"flexInteractionChannelSid"`
	}
	_ = json.Unmarshal([]byte(tasks[0].Attributes), &a) // without them it is asked all the same
	m.Interaction, m.Channel = cmp.Or(a.Interaction, unnamed), a.Channel
	return true, nil
}

// noteMark notes in the conversation that an agent is asked.
func (c *Connector) noteMark(ctx context.Context, n api.Conversation, m mark) error {
	attributes, err := conversationAttributes(m)
	if err != nil {
		return err
	}
	_, err = c.api.UpdateConversation(ctx, n.SID, api.ConversationUpdate{Attributes: attributes})
	return err
}

// routingAttributes are what the workflow sees, and the agent before they take the task.
func routingAttributes(o connector.Opening, conversation string) map[string]any {
	a := map[string]any{
		linkAttribute: conversation, "customerName": o.Customer.Name, "name": o.Customer.Name, "from": cmp.Or(o.Customer.Name, o.Name), "channel": string(o.Origin.Inbox),
		"ticket": o.Ticket.Number, "subject": kefu.Excerpt(o.Subject, 200), "priority": string(o.Ticket.Priority), "category": o.Ticket.Category,
	}
	for _, m := range slices.Backward(o.History) {
		if m.Author.Kind == kefu.AuthorBot && m.Content.Text != "" {
			a["botTried"] = kefu.Excerpt(m.Content.Text, maxTried)
			break
		}
	}
	return a
}
