package chatwoot_test

import (
	"context"
	"fmt"

	"kefu/chatwoot"
)

// server stands for yours, with an account and a conversation.
func server() (address string, closeIt func()) {
	_, _, s, closeIt := sandbox()
	return s.URL(), closeIt
}

func Example() {
	address, closeIt := server() // in your program: "https://chat.example.com"
	defer closeIt()
	const token = "user-token" // at the bottom of your profile page
	const account = 1          // the number after /accounts/ in the address bar
	ctx := context.Background()

	c, err := chatwoot.New(address, token, account)
	if err != nil {
		fmt.Println(err)
		return
	}
	me, err := c.Profile(ctx) // does the server believe the token?
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := c.SendMessage(ctx, 1, chatwoot.Message{Content: "hello"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(me.Name, "wrote", m.Content)
	// Output: Mei wrote hello
}
