package twilio

import "context"

// Receipt says what became of a message at one phone.
type Receipt struct {
	SID       string `json:"sid"`
	Status    string `json:"status"` // sent, delivered, read, failed, undelivered
	ErrorCode int    `json:"error_code"`
}

// Delivery sums the receipts of a message up, each as none, some or all. It is nil while there are none.
type Delivery struct {
	Failed      string `json:"failed"`
	Undelivered string `json:"undelivered"`
}

// Refused says whether no phone has the message, and none will.
func (d *Delivery) Refused() bool { return d != nil && (d.Failed == "all" || d.Undelivered == "all") }

// maxReceipts is the largest page that Twilio gives of them.
const maxReceipts = 50

// Receipts gives the receipts of a message, at most fifty: a conversation with a customer has one phone.
func (c *Client) Receipts(ctx context.Context, conversation, message string) ([]Receipt, error) {
	var out struct {
		Receipts []Receipt `json:"delivery_receipts"`
	}
	k := get(c.o.Bases.Conversations, conversations+"/{}/Messages/{}/Receipts", conversation, message).asking(pageQuery("", maxReceipts))
	err := c.do(ctx, k, &out)
	return out.Receipts, err
}
