// SPDX-License-Identifier: MIT
#include "filelimit.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qcryptographichash.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_set>
#include <vector>

// The floor under every server of the benchmarks: one recv(), a look at its frames, one send().
// It knows text frames over WebSocket, and packets by long-polling, answers only what bench-load
// sends, and checks nothing.

namespace {

struct Connection
{
    int fd = -1;
    bool upgraded = false;
    std::string in;
    // The answers to what one recv() has brought, which leave together.
    std::string out;
};

// A client of long-polling, whose number is the id of its session.
struct Poller
{
    Connection *waiting = nullptr;
    std::string out;
};

std::vector<Poller> pollers;
std::unordered_set<Connection *> everybody;
std::unordered_set<Connection *> room;

std::string frame(std::string_view prefix, std::string_view payload, std::string_view suffix = {})
{
    const std::size_t size = prefix.size() + payload.size() + suffix.size();
    std::string out;
    out.reserve(size + 4);
    out += '\x81';
    if (size < 126) {
        out += static_cast<char>(size);
    } else {
        out += '\x7e';
        out += static_cast<char>(size >> 8 & 0xff);
        out += static_cast<char>(size & 0xff);
    }
    out.append(prefix).append(payload).append(suffix);
    return out;
}

void send(const Connection &connection, std::string_view bytes)
{
    // The load never has more under way than a socket's buffer holds.
    if (::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(bytes.size()))
        std::fputs("floor-server: short write\n", stderr);
}

void upgrade(Connection &connection, std::string_view request)
{
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t start = request.find(name) + name.size();
    QByteArray key(request.data() + start, 24);
    key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const QByteArray accept = QCryptographicHash::hash(key, QCryptographicHash::Sha1).toBase64();
    send(connection,
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: "
             + accept.toStdString() + "\r\n\r\n"
             + frame(R"(0{"sid":"floor","upgrades":[],)",
                     R"("pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})"));
    connection.upgraded = true;
}

void packet(Connection &connection, std::string_view text)
{
    if (text == "40") {
        everybody.insert(&connection);
        connection.out += frame(R"(40{"sid":")", "floor", R"("})");
        return;
    }
    if (text.substr(0, 2) != "42")
        return;
    const std::size_t bracket = text.find('[');
    const std::string_view id = text.substr(2, bracket - 2);
    const std::string_view rest = text.substr(bracket);
    constexpr std::string_view echo = R"(["echo",)";
    constexpr std::string_view broadcast = R"(["bcast",)";
    constexpr std::string_view toRoom = R"(["room","room",)";
    if (rest.substr(0, echo.size()) == echo) {
        const std::string ack = std::string("43").append(id).append("[");
        connection.out += frame(ack, rest.substr(echo.size()));
    } else if (rest.substr(0, broadcast.size()) == broadcast) {
        const std::string shared = frame(R"(42["b",)", rest.substr(broadcast.size()));
        for (const Connection *receiver : everybody)
            send(*receiver, shared);
    } else if (rest.substr(0, toRoom.size()) == toRoom) {
        const std::string shared = frame(R"(42["b",)", rest.substr(toRoom.size()));
        for (const Connection *receiver : room)
            send(*receiver, shared);
    } else {
        room.insert(&connection);
        connection.out += frame(std::string("43").append(id), "[]");
    }
}

void respond(const Connection &connection, std::string_view body)
{
    send(connection,
         std::string(
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: ")
             .append(std::to_string(body.size()))
             .append("\r\n\r\n")
             .append(body));
}

// Answers the waiting request, if there is something to send.
void answerPoll(Poller &poller)
{
    if (!poller.waiting || poller.out.empty())
        return;
    respond(*poller.waiting, poller.out);
    poller.waiting = nullptr;
    poller.out.clear();
}

void post(Poller &poller, std::string_view body)
{
    if (body == "40") {
        poller.out = R"(40{"sid":"floor"})";
    } else {
        constexpr std::size_t nameSize = std::string_view(R"("echo",)").size();
        const std::size_t bracket = body.find('[');
        if (!poller.out.empty())
            poller.out += '\x1e';
        poller.out.append("43").append(body.substr(2, bracket - 1));
        poller.out.append(body.substr(bracket + 1 + nameSize));
    }
    answerPoll(poller);
}

// Handles a request of a client of long-polling, if it is there as a whole.
void pollingRequest(Connection &connection)
{
    const std::string_view request = connection.in;
    const std::size_t headSize = request.find("\r\n\r\n") + 4;
    constexpr std::string_view idName = "&sid=";
    const std::size_t id = request.find(idName);
    if (id == std::string::npos) {
        respond(connection,
                R"(0{"sid":")" + std::to_string(pollers.size())
                    + R"(","upgrades":[],"pingInterval":25000,"pingTimeout":20000,)"
                      R"("maxPayload":1000000})");
        pollers.emplace_back();
    } else {
        Poller &poller = pollers[std::strtoul(request.data() + id + idName.size(), nullptr, 10)];
        if (request.front() == 'G') {
            poller.waiting = &connection;
            answerPoll(poller);
        } else {
            constexpr std::string_view lengthName = "Content-Length: ";
            const char *length = request.data() + request.find(lengthName) + lengthName.size();
            const std::string_view body = request.substr(headSize);
            if (body.size() < std::strtoul(length, nullptr, 10))
                return;
            respond(connection, "ok");
            post(poller, body);
        }
    }
    // A client speaks next when it has been answered.
    connection.in.clear();
}

// Returns how many bytes were used.
std::size_t frames(Connection &connection, char *bytes, std::size_t count)
{
    std::size_t used = 0;
    while (count - used >= 2) {
        char *start = bytes + used;
        const unsigned short7 = static_cast<unsigned char>(start[1]) & 0x7f;
        const std::size_t head = short7 == 126 ? 8 : 6;
        if (count - used < head)
            break;
        const std::size_t size = short7 == 126
            ? static_cast<std::size_t>(static_cast<unsigned char>(start[2]) << 8
                                       | static_cast<unsigned char>(start[3]))
            : short7;
        if (count - used < head + size)
            break;
        const char *mask = start + head - 4;
        for (std::size_t i = 0; i < size; ++i)
            start[head + i] = static_cast<char>(start[head + i] ^ mask[i % 4]);
        if (*start == '\x81')
            packet(connection, {start + head, size});
        else if (*start == '\x88')
            shutdown(connection.fd, SHUT_RDWR);
        used += head + size;
    }
    if (!connection.out.empty()) {
        send(connection, connection.out);
        connection.out.clear();
    }
    return used;
}

// Returns whether the connection stays.
bool readyToRead(Connection &connection)
{
    static std::array<char, 65536> buffer;
    const ssize_t count = recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (count <= 0)
        return false;
    const auto size = static_cast<std::size_t>(count);
    if (connection.upgraded && connection.in.empty()) {
        const std::size_t used = frames(connection, buffer.data(), size);
        connection.in.assign(buffer.data() + used, size - used);
        return true;
    }
    connection.in.append(buffer.data(), size);
    if (!connection.upgraded) {
        if (connection.in.find("\r\n\r\n") == std::string::npos)
            return true;
        if (connection.in.find("transport=polling") != std::string::npos) {
            pollingRequest(connection);
        } else {
            upgrade(connection, connection.in);
            // A client speaks next when it has been answered.
            connection.in.clear();
        }
        return true;
    }
    connection.in.erase(0, frames(connection, connection.in.data(), connection.in.size()));
    return true;
}

int listenOn(int port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    socklen_t size = sizeof address;
    if (bind(fd, reinterpret_cast<sockaddr *>(&address), size) != 0 || listen(fd, 4096) != 0
        || getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
        std::perror("floor-server");
        std::exit(1);
    }
    std::printf("listening %d\n", int(ntohs(address.sin_port)));
    std::fflush(stdout);
    return fd;
}

void acceptAll(int listener, int epoll)
{
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto connection = std::make_unique<Connection>();
        connection->fd = fd;
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = connection.release();
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    Bench::raiseFileLimit();
    const int listener = listenOn(argc > 1 ? std::atoi(argv[1]) : 0);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event listening{};
    listening.events = EPOLLIN;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        std::array<epoll_event, 256> events;
        const int count = epoll_wait(epoll, events.data(), int(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            auto *connection =
                static_cast<Connection *>(events[static_cast<std::size_t>(i)].data.ptr);
            if (!connection) {
                acceptAll(listener, epoll);
            } else if (!readyToRead(*connection)) {
                everybody.erase(connection);
                room.erase(connection);
                for (Poller &poller : pollers) {
                    if (poller.waiting == connection)
                        poller.waiting = nullptr;
                }
                close(connection->fd);
                delete connection;
            }
        }
    }
}
