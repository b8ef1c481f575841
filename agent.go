package kefu

import (
	"slices"
	"time"
)

// Agent is a human who answers. One who is known from a desk only has neither e-mail nor password, and cannot log in.
type Agent struct {
	ID    AgentID
	Name  string
	Email string // lower case; "" for one known from a desk only
	Role  Role
	// Status is the effective one: the best of what each desk reports (contracts: vocabulary).
	Status AgentStatus
	Teams  []TeamID // sorted
	// DeactivatedAt is when the account was deleted, which keeps its history; zero while it is active.
	DeactivatedAt time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// AgentStatus says whether an agent can answer now.
type AgentStatus string

// Agent status words, the best first.
const (
	AgentOnline  AgentStatus = "online"
	AgentAway    AgentStatus = "away"
	AgentBusy    AgentStatus = "busy"
	AgentOffline AgentStatus = "offline"
)

// AgentStatuses lists the words, the best first.
func AgentStatuses() []AgentStatus {
	return []AgentStatus{AgentOnline, AgentAway, AgentBusy, AgentOffline}
}

// Valid tells whether s is one of the words.
func (s AgentStatus) Valid() bool { return slices.Contains(AgentStatuses(), s) }

// BestStatus is the effective status of one whose desks report these; offline when none does.
func BestStatus(reported ...AgentStatus) AgentStatus {
	for _, s := range AgentStatuses() {
		if slices.Contains(reported, s) {
			return s
		}
	}
	return AgentOffline
}

// Team is a group of agents that shares a queue.
type Team struct {
	ID        TeamID
	Name      string // unique
	Members   []AgentID
	CreatedAt time.Time
	UpdatedAt time.Time
}
