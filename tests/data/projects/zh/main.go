package main

import (
	"fmt"
	"os"

	"example.org/library/src"
)

// 程序入口:读取命令并执行。
func main() {
	if len(os.Args) < 2 {
		fmt.Println("用法:library borrow|return|renew 书号")
		os.Exit(64)
	}
	library.Run(os.Args[1:])
}
