package library

import "errors"

// 每位读者最多同时借阅的册数。
const MaxBooks = 5

// Reader 是一位读者及其借出的图书。
type Reader struct {
	Name  string
	Books []Loan
}

// Loan 记录一次借阅,Day 为借出日。
type Loan struct {
	Book    string
	Day     int
	Renewed bool
}

// Borrow 借出一本书;超过册数上限时返回错误。
func (r *Reader) Borrow(book string, day int) error {
	if len(r.Books) >= MaxBooks {
		return errors.New("超过借阅上限")
	}
	r.Books = append(r.Books, Loan{Book: book, Day: day})
	return nil
}

// Renew 续借一次,借期从当天重新计算。
func (r *Reader) Renew(book string, day int) bool {
	for i := range r.Books {
		if r.Books[i].Book == book && !r.Books[i].Renewed {
			r.Books[i].Day = day
			r.Books[i].Renewed = true
			return true
		}
	}
	return false
}
