// SPDX-License-Identifier: MIT

// What a Go client asks of a QtSocketIo server: client URL TRANSPORT
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

const (
	wait = 30 * time.Second
	text = "text \u00e4\u20ac\U0001f600 \" \\"
)

var data = func() []byte {
	data := make([]byte, 10240)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}()

func fail(name string, got any) {
	fmt.Printf("%s: got %v\n", name, got)
	os.Exit(1)
}

func check(name string, fine bool, got any) {
	if !fine {
		fail(name, got)
	}
	fmt.Println("ok", name)
}

func bytesOf(value any) []byte {
	switch value := value.(type) {
	case []byte:
		return value
	case types.BufferInterface:
		return value.Bytes()
	case io.Reader:
		all, _ := io.ReadAll(value)
		return all
	}
	return nil
}

func next(name string, channel chan []any) []any {
	select {
	case args := <-channel:
		return args
	case <-time.After(wait):
		fail(name, "nothing")
		return nil
	}
}

func listen(client *socket.Socket, event types.EventName) chan []any {
	channel := make(chan []any, 100)
	client.On(event, func(args ...any) { channel <- args })
	return channel
}

func call(client *socket.Socket, event string, args ...any) []any {
	channel := make(chan []any, 1)
	client.EmitWithAck(event, args...)(func(answer []any, err error) {
		if err != nil {
			fail(event, err)
		}
		channel <- answer
	})
	return next(event, channel)
}

func options(transport string) *socket.Options {
	options := socket.DefaultOptions()
	if transport == "polling" {
		options.SetTransports(types.NewSet(transports.Polling))
	} else {
		options.SetTransports(types.NewSet(transports.WebSocket))
	}
	options.SetReconnection(false)
	return options
}

func main() {
	url, transport := os.Args[1], os.Args[2]
	manager := socket.NewManager(url, options(transport))
	client := manager.Socket("/", nil)
	chat := manager.Socket("/chat", nil)
	connected, chatConnected := listen(client, "connect"), listen(chat, "connect")
	gone := listen(client, "disconnect")
	back, chatBack, told := listen(client, "back"), listen(chat, "back"), listen(client, "told")
	client.Connect()
	chat.Connect()
	next("connect", connected)
	next("connect to /chat", chatConnected)
	firstId := client.Id()

	answer := call(client, "echo", text, 42)
	check("text in an acknowledgement",
		len(answer) == 2 && answer[0] == text && fmt.Sprint(answer[1]) == "42", answer)
	answer = call(client, "echo", map[string]any{"data": data}, "and text")
	object, _ := answer[0].(map[string]any)
	check("binary in an acknowledgement",
		bytes.Equal(bytesOf(object["data"]), data) && answer[1] == "and text", answer)
	client.Emit("back", text, data)
	event := next("event", back)
	check("event", event[0] == text && bytes.Equal(bytesOf(event[1]), data), event)
	chat.Emit("back", "in a namespace")
	event = next("namespace", chatBack)
	check("namespace", event[0] == "in a namespace", event)
	answer = call(client, "join", []string{"room 1"})
	check("join", len(answer) == 1, answer)
	client.Emit("tell", []string{"room 2"}, "all", []string{}, "nobody hears this")
	client.Emit("tell", []string{"room 1"}, "all", []string{}, text)
	event = next("room", told)
	check("room", event[0] == text, event)
	client.Emit("leave me")
	next("disconnected by the server", gone)
	client.Connect()
	next("connected again", connected)
	check("a new id", client.Id() != firstId, client.Id())
	answer = call(client, "echo", "again")
	check("echo after a reconnection", answer[0] == "again", answer)

	admin := socket.NewManager(url, options(transport)).Socket("/admin", nil)
	refused := listen(admin, "connect_error")
	admin.Connect()
	check("refused", len(next("refused", refused)) > 0, nil)
	withAuth := options(transport)
	withAuth.SetAuth(map[string]any{"token": "secret"})
	admin = socket.NewManager(url, withAuth).Socket("/admin", withAuth)
	let := listen(admin, "connect")
	admin.Connect()
	next("auth", let)
	fmt.Println("ok auth")
	os.Exit(0)
}
