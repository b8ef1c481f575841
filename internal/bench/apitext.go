package main

import (
	"fmt"
	"strings"
)

// term is a word that is searched for, with the share of messages that have it.
type term struct {
	word  string
	share float64
}

// terms are of two and three characters, as people search. No sentence below has one of them by itself.
func terms() []term {
	return []term{{"琉璃瓦", 1.0 / rareEach}, {"退貨", 0.005}, {"訂單", 0.05}, {"謝謝", 0.72}}
}

// otherTeams is the word that every message of one team has, and nobody else's: whoever is not of that team looks for it in vain.
func otherTeams() term { return term{"報修單", 1.0 / apiTeams} }

const (
	textKinds = 10_000 // texts that differ; numbers of orders make more of them
	rareEach  = 20_011 // one message in so many has the rarest term
)

// tongue is a language's parts of a message.
type tongue struct{ heads, bodies, tails []string }

// seedText is the n-th kind of text. Languages and terms are spread so that neither follows the other.
func seedText(n int) string {
	t := tongueOf(n)
	mixed := n * 7919 / 13
	parts := []string{t.heads[mixed%len(t.heads)] + t.bodies[mixed/11%len(t.bodies)], t.tails[mixed/197%len(t.tails)], fmt.Sprintf("K%d", 1000+n%4999)}
	for i, every := range []int{200, 20} {
		if n%every == 3 {
			parts = append(parts, terms()[i+1].word)
		}
	}
	if n%25 < 18 {
		parts = append(parts, terms()[3].word)
	}
	return strings.Join(parts, " ")
}

func tongueOf(n int) tongue {
	switch {
	case n%20 < 9:
		return taiwan()
	case n%20 < 16:
		return mainland()
	}
	return english()
}

func taiwan() tongue {
	return tongue{
		[]string{"您好，", "請問一下，", "不好意思，", "客服您好，", "想請教一下，", "哈囉，", "麻煩您，"},
		[]string{
			"上週買的藍牙耳機左耳沒有聲音，重新配對過還是一樣", "什麼時候會出貨？網頁上寫三天內，今天已經第五天了", "可以改成超商取貨嗎？家裡白天沒有人",
			"發票要打公司統編，結帳的時候忘記填了", "折價券輸入之後顯示已過期，可是信上寫到月底", "收到的顏色和網頁上的照片差很多",
			"尺寸偏小，能不能換大一號的", "信用卡刷了兩次，麻煩查一下是不是重複扣款", "宅配的人說地址不完整，請幫我補上五樓之三",
			"這一款軟體支援哪些作業系統？官網沒有寫", "保固期間內螢幕出現亮線，要送到哪裡維修", "想加購一個充電器，可以一起寄嗎",
			"會員點數沒有進來，已經過了鑑賞期", "手機版的網頁按付款一直轉圈圈", "生日禮要在什麼時候之前領", "包裝盒破損，裡面的杯子裂了一條縫",
		},
		[]string{"再麻煩幫我確認。", "有點急，週末之前要用到。", "我的電話和之前一樣。", "照片等一下補給您。", "如果不行的話也沒關係。", "請盡快回覆。", "我上次也問過同樣的問題。"},
	}
}

func mainland() tongue {
	return tongue{
		[]string{"你好，", "在吗？", "请问，", "客服在不在，", "麻烦问一下，", "亲，"},
		[]string{
			"我上周买的蓝牙耳机左边没有声音，重新配对也不行", "什么时候发货？页面上说三天，现在都第五天了", "能不能改地址，快递说写得不完整",
			"开发票要写公司抬头，下单的时候忘了填", "优惠券输进去说过期了，可是短信里写的是月底", "收到的颜色和网页上的图片差太多了",
			"尺码偏小，可以换大一号吗", "信用卡好像扣了两次款，帮我查查", "这个软件支持哪些系统？官网上没写",
			"还在保修期，屏幕上有一条亮线，寄到哪里修", "会员积分一直没有到账", "手机上点付款一直在转圈", "盒子压坏了，里面的杯子裂了", "发票能不能发到我的邮箱里",
		},
		[]string{"请尽快处理。", "有点着急，周末要用。", "电话还是原来那个。", "照片我等会儿发。", "不行的话就算了。", "等你回复。"},
	}
}

func english() tongue {
	return tongue{
		[]string{"Hi, ", "Hello, ", "Good morning, ", "Excuse me, ", "Hey there, "},
		[]string{
			"the left side of my headphones has no sound, even after pairing them again", "when will my parcel leave? The page said three days and it has been five",
			"can I change the delivery address? The courier says that it is incomplete", "I forgot to enter our company number for the invoice",
			"the coupon says that it has expired but the mail says end of the month", "my card was charged twice, could you check that",
			"which operating systems does this software run on", "there is a bright line on the screen and it is still under warranty",
			"the payment page keeps spinning on my phone", "the box was damaged and the cup inside is broken",
		},
		[]string{"Please let me know.", "I need it before the weekend.", "My number is still the same.", "I will send a picture later.", "No hurry."},
	}
}
