package chatwoot_test

import (
	"context"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

// sandbox stands for your server: a client of account 1, with conversation 1 of the customer Lin. In your program it is
// chatwoot.New("https://chat.example.com", token, 1).
func sandbox() (ctx context.Context, c *chatwoot.Client, s *fake.Server, closeIt func()) {
	s = fake.New(fake.Options{Quiet: true})
	check(s.Start("127.0.0.1:0"))
	_, err := s.StartConversation(s.AddContact("Lin", "customer-7"), fake.APIInbox)
	check(err)
	c, err = chatwoot.New(s.URL(), "user-token", 1)
	check(err)
	return context.Background(), c, s, func() {
		judgeExample(s)
		_ = s.Close()
	}
}

// judgeExample holds what an example asked against Chatwoot's document, where that is; TestDocument says when it is not.
func judgeExample(s *fake.Server) {
	j, err := document()
	if err != nil {
		return
	}
	for _, q := range s.Requests() {
		check(j.Check(q))
	}
}

// check stands for what your program does about errors.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// some is a value whose error was checked.
func some[T any](v T, err error) T {
	check(err)
	return v
}
