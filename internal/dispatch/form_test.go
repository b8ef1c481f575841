package dispatch_test

import (
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/switchboard"
)

// TestAFormBeginsWithItsFirstQuestionWhereItCannotBeShown: the desk is shown the whole of it, and so is who reads what is stored.
func TestAFormBeginsWithItsFirstQuestionWhereItCannotBeShown(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		conv := r.open("a").ConversationID
		shown := map[string]kefu.Form{}
		seen := func(side string) func(connector.Outbound) error {
			return func(out connector.Outbound) error {
				if out.Message.Content.Form != nil {
					shown[side] = *out.Message.Content.Form
				}
				return nil
			}
		}
		r.shop.script = []func(connector.Outbound) error{seen("shop")}
		r.guild.script = []func(connector.Outbound) error{seen("guild"), seen("guild")}
		asked, err := r.Send(t.Context(), kefu.Ask{Caller: kefu.SystemCaller("test")}, switchboard.NewMessage{ConversationID: conv, Content: "form",
			Form: &switchboard.NewForm{Fields: []kefu.FormField{{Name: "a", Label: "A", Type: kefu.FieldText}, {Name: "b", Label: "B", Type: kefu.FieldText}}}})
		if err != nil {
			t.Fatal(err)
		}
		r.start("n1")
		r.shop.has(t, "33", "form")
		r.guild.has(t, "c1", "a form")
		if shown["shop"].Step != 1 || shown["guild"].Step != 0 || len(shown["guild"].Fields) != 2 || asked.Form.Step != 0 {
			t.Errorf("shown: %+v", shown)
		}
	})
}
