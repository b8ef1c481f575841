package chatwoot

import (
	"context"
	"fmt"
	"net/http"
)

// Assign gives a conversation to an agent. Chatwoot answers an agent it does not know with 200 and null, and takes the conversation from
// whoever had it: that is an *Error with CodeUnknownAssignee.
func (c *Client) Assign(ctx context.Context, conversationID, agentID int64) (*Agent, error) {
	if agentID <= 0 {
		return nil, &InvalidError{[]Fault{{"assignee_id", "must be an agent's id; Unassign takes the conversation from everyone"}}}
	}
	a, err := decode[Agent](c.assign(ctx, conversationID, "assignee_id", agentID))
	if err == nil && a.ID != agentID {
		return nil, unknownAssignee("agent", agentID)
	}
	return a, err
}

// AssignTeam gives a conversation to a team; an unknown team is an error as in Assign. Chatwoot takes it from an agent who is not of the team,
// and may give it to one who is.
func (c *Client) AssignTeam(ctx context.Context, conversationID, teamID int64) (*Team, error) {
	if teamID <= 0 {
		return nil, &InvalidError{[]Fault{{"team_id", "must be a team's id"}}}
	}
	t, err := decode[Team](c.assign(ctx, conversationID, "team_id", teamID))
	if err == nil && t.ID != teamID {
		return nil, unknownAssignee("team", teamID)
	}
	return t, err
}

// Unassign takes a conversation from its agent.
func (c *Client) Unassign(ctx context.Context, conversationID int64) error {
	_, err := c.assign(ctx, conversationID, "assignee_id", 0)
	return err
}

func (c *Client) assign(ctx context.Context, conversationID int64, member string, id int64) ([]byte, error) {
	return c.call(ctx, http.MethodPost, at("/conversations", conversationID, "assignments"), map[string]int64{member: id})
}

func unknownAssignee(what string, id int64) error {
	return &Error{Status: http.StatusOK, Code: CodeUnknownAssignee,
		Words: fmt.Sprintf("there is no %s %d in the account, and the conversation is now nobody's", what, id)}
}
