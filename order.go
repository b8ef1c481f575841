package kefu

import "time"

// Order is a shop's order in the one shape that every place shows (contracts: orders). Money is a decimal string, never floating point.
type Order struct {
	ID          string       `json:"order_id"`
	CustomerID  string       `json:"customer_id,omitempty"`
	Status      string       `json:"status,omitempty"`
	StatusText  string       `json:"status_text,omitempty"`
	CreatedAt   time.Time    `json:"created_at,omitzero"`
	Items       []OrderItem  `json:"items,omitempty"`
	TotalAmount string       `json:"total_amount,omitempty"`
	ShippingFee string       `json:"shipping_fee,omitempty"`
	Currency    string       `json:"currency,omitempty"` // ISO 4217
	Logistics   *OrderParcel `json:"logistics,omitempty"`
	Remark      string       `json:"remark,omitempty"`
	URL         string       `json:"url,omitempty"`
}

// OrderItem is one line of goods.
type OrderItem struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
	Price    string `json:"price,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
}

// OrderParcel is where the goods are.
type OrderParcel struct {
	Carrier        string `json:"carrier,omitempty"`
	TrackingNumber string `json:"tracking_number,omitempty"`
}
