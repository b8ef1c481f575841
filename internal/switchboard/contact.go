package switchboard

import (
	"cmp"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// contact finds or makes the person who writes in an inbox: by their id there, else by e-mail.
func (c *change) contact(inbox kefu.InboxID, s connector.Sender) (kefu.ContactID, error) {
	key := s.ID
	if key == "" && s.Email != "" {
		key = "mail:" + strings.ToLower(s.Email)
	}
	if key != "" {
		id, _, err := c.Identity(inbox, key)
		if err != nil || id != "" {
			return id, err
		}
	}
	id := kefu.ContactID(ident.New("con"))
	if key != "" {
		if fresh, err := c.SaveIdentity(inbox, key, id, ""); err != nil {
			return "", err
		} else if !fresh { // made by somebody else since we looked
			id, _, err = c.Identity(inbox, key)
			return id, err
		}
	}
	k := kefu.Contact{ID: id, Name: cmp.Or(s.Name, s.Email, "?"), Email: s.Email}
	if err := c.InsertContact(k); err != nil {
		return "", err
	}
	return id, c.contactEvent("user.created", k, kefu.Author{Kind: kefu.AuthorContact, ID: string(id), Name: k.Name})
}

// contactAuthor is who wrote in a customer's thread: the contact, or staff of the site itself when the connector says so.
func contactAuthor(conv store.Conversation, in connector.Inbound) kefu.Author {
	a := kefu.Author{Kind: cmp.Or(in.Sender.Kind, kefu.AuthorContact), Name: in.Sender.Name, Via: in.Sender.Via}
	if a.Kind == kefu.AuthorContact {
		a.ID = string(conv.ContactID)
	}
	return a
}

// agent finds or makes the agent whom a desk knows by an id.
func (c *change) agent(inbox kefu.InboxID, externalID, name string) (kefu.Author, error) {
	a := kefu.Author{Kind: kefu.AuthorAgent, Name: name}
	_, id, err := c.Identity(inbox, externalID)
	if err != nil {
		return a, err
	}
	if id == "" {
		id = kefu.AgentID(ident.New("agt"))
		fresh, err := c.SaveIdentity(inbox, externalID, "", id)
		if err != nil {
			return a, err
		}
		if !fresh {
			if _, id, err = c.Identity(inbox, externalID); err != nil {
				return a, err
			}
		} else if err := c.introduce(kefu.Agent{ID: id, Name: name, Role: kefu.RoleAgent}); err != nil {
			return a, err
		}
	}
	a.ID = string(id)
	return a, c.renamed(a)
}

// introduce stores an agent whom a desk has named for the first time.
func (c *change) introduce(a kefu.Agent) error {
	if err := c.InsertAgent(a); err != nil {
		return err
	}
	return c.agentEvent("user.created", a, kefu.Author{Kind: kefu.AuthorAgent, ID: string(a.ID), Name: a.Name})
}

// renamed takes over a name that was changed at the desk.
func (c *change) renamed(a kefu.Author) error {
	if a.Name == "" {
		return nil
	}
	fresh, err := c.RenameAgent(kefu.AgentID(a.ID), a.Name)
	if err != nil || !fresh {
		return err
	}
	now, err := c.Agent(kefu.AgentID(a.ID))
	if err != nil {
		return err
	}
	return c.agentEvent("user.updated", now, a)
}
