package card

import "strings"

// symbols are what people write before an amount. Dollars and yuan that could be taken for another's carry their country.
var symbols = map[string]string{
	"":    "¥", // source 001 names no currency and writes this
	"AUD": "A$",
	"CAD": "C$",
	"CNY": "¥",
	"EUR": "€",
	"GBP": "£",
	"HKD": "HK$",
	"JPY": "JP¥",
	"KRW": "₩",
	"MOP": "MOP$",
	"MYR": "RM",
	"SGD": "S$",
	"THB": "฿",
	"TWD": "NT$",
	"USD": "$",
	"VND": "₫",
}

// Money writes a decimal string with the symbol of its ISO 4217 currency: "NT$599.00", "-NT$5". An amount that is not known is 0.00.
// The digits are the shop's own: nothing is rounded and no zero is added.
func Money(amount, currency string) string {
	if amount == "" {
		amount = "0.00"
	}
	sign := ""
	if rest, negative := strings.CutPrefix(amount, "-"); negative {
		sign, amount = "-", rest
	}
	currency = strings.ToUpper(currency)
	if symbol, ok := symbols[currency]; ok {
		return sign + symbol + amount
	}
	return sign + currency + " " + amount
}
