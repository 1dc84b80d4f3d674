package library

const (
	loanDays   = 30
	finePerDay = 10 // 分
	maxFine    = 2000
)

// Fine 计算逾期罚款:每天一角,封顶二十元。
func Fine(loan Loan, today int) int {
	late := today - loan.Day - loanDays
	if late <= 0 {
		return 0
	}
	fine := late * finePerDay
	if fine > maxFine {
		return maxFine
	}
	return fine
}
