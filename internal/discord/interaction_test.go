package discord_test

import (
	"encoding/json"
	"testing"

	"kefu/internal/discord"
)

// TestInteractionsOfEveryKindCanBeRead holds what Discord sends under one name with two types: a command's id is a string, a component's a
// number.
func TestInteractionsOfEveryKindCanBeRead(t *testing.T) {
	for kind, data := range map[string]string{
		"command":   `{"id":"1200000000000000009","name":"close","type":1,"options":[{"name":"reason","type":3,"value":"done"}]}`,
		"component": `{"id":4,"custom_id":"kefu:claim","component_type":2}`,
		"modal":     `{"id":1,"custom_id":"kefu:reply","components":[{"id":1,"type":1,"components":[{"id":2,"type":4,"custom_id":"text","value":"好"}]}]}`,
	} {
		var i discord.Interaction
		err := json.Unmarshal([]byte(`{"id":"1","application_id":"2","type":2,"token":"t","guild_id":"3","channel_id":"4","version":1,"data":`+data+`}`), &i)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if i.Data.Name+i.Data.CustomID == "" {
			t.Errorf("%s: nothing of its data was read", kind)
		}
	}
}
