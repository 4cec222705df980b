// SPDX-License-Identifier: MIT
#include "flood.h"

#include "channel.h"
#include "tls.h"
#include "websocketframes.h"
#include "workload.h"

#include <csignal>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace Bench {

namespace {

constexpr std::size_t blockSize = 64 * 1024;
constexpr std::size_t largeSize = 900'000;
constexpr long long second = 1'000'000'000;

std::string block(FloodKind kind)
{
    std::string frames;
    if (kind == FloodKind::Large) {
        appendFrame(frames, WebSocketText, R"(42["echo",")", std::string(largeSize, 'x') + "\"]");
        return frames;
    }
    while (frames.size() < blockSize) {
        if (kind == FloodKind::Pings)
            appendFrame(frames, WebSocketPing, {}, "flood");
        else
            appendFrame(frames, WebSocketText, "4", R"(20["echo","flood"])");
    }
    return frames;
}

// Connects again whenever the server has had enough of it.
class Flooder final : private Channel::Owner
{
public:
    Flooder(Loop &loop, const Options &options, std::atomic<unsigned long long> &bytes)
        : m_channel(loop, *this)
        , m_block(block(options.flood))
        , m_reads(options.flood != FloodKind::Unread)
        , m_bytes(bytes)
    {
        open();
    }

    void fill()
    {
        if (!m_channel.isOpen())
            open();
        if (m_upgraded && m_channel.isDrained())
            m_channel.send(m_block);
        m_bytes += m_channel.bytesSent() - m_counted;
        m_counted = m_channel.bytesSent();
    }

    bool isWaiting() const { return !m_channel.isDrained() || !m_upgraded; }

private:
    void open()
    {
        m_upgraded = false;
        m_counted = 0;
        m_channel.open();
        m_channel.send(webSocketRequest);
    }

    std::size_t received(Channel &, std::string_view bytes) override
    {
        if (m_upgraded)
            return bytes.size();
        if (bytes.find("\r\n\r\n") == std::string_view::npos)
            return 0;
        m_upgraded = true;
        std::string join;
        appendFrame(join, WebSocketText, {}, "40");
        m_channel.send(join);
        if (!m_reads)
            m_channel.stopReading();
        return bytes.size();
    }

    void ended(Channel &) override { }

    Channel m_channel;
    std::string m_block;
    bool m_reads;
    bool m_upgraded = false;
    unsigned long long m_counted = 0;
    std::atomic<unsigned long long> &m_bytes;
};

[[noreturn]] void broadcast(Loop &loop, const Options &options,
                            std::atomic<unsigned long long> &deliveries)
{
    Options receivers = options;
    receivers.workload = Kind::Room;
    receivers.clients = receivers.members = options.flooders;
    receivers.idle = 0;
    Workload workload(loop, receivers);
    workload.connect();
    while (!workload.isConnected())
        loop.turn(now() + second);
    workload.start();
    for (;;) {
        loop.turn(now() + second);
        deliveries = static_cast<unsigned long long>(workload.messages());
    }
}

[[noreturn]] void flood(Loop &loop, const Options &options, std::atomic<unsigned long long> &bytes)
{
    std::vector<std::unique_ptr<Flooder>> flooders;
    for (std::size_t i = 0; i < options.flooders; ++i)
        flooders.push_back(std::make_unique<Flooder>(loop, options, bytes));
    for (;;) {
        bool waiting = true;
        for (const auto &flooder : flooders) {
            flooder->fill();
            waiting = waiting && flooder->isWaiting();
        }
        loop.turn(waiting ? now() + second : now());
    }
}

} // namespace

Flood::Flood(const Options &options)
{
    if (options.flood == FloodKind::None)
        return;
    void *shared =
        mmap(nullptr, sizeof *m_count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        fail("no shared memory");
    m_count = new (shared) std::atomic<unsigned long long>(0);
    m_process = fork();
    if (m_process < 0)
        fail("no process for the flood");
    if (m_process == 0) {
        // Ends with the process that measures, whatever becomes of it.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        Loop loop(options.port, tlsClient(options));
        if (options.flood == FloodKind::Broadcasts)
            broadcast(loop, options, *m_count);
        flood(loop, options, *m_count);
    }
    const std::size_t begun = options.flood == FloodKind::Broadcasts ? options.flooders : blockSize;
    while (m_count->load() < begun) {
        usleep(1000);
        if (waitpid(m_process, nullptr, WNOHANG) != 0)
            fail("the flood has ended");
    }
}

Flood::~Flood()
{
    stop();
}

unsigned long long Flood::stop()
{
    if (m_process > 0) {
        kill(m_process, SIGKILL);
        waitpid(m_process, nullptr, 0);
        m_process = -1;
    }
    return m_count == nullptr ? 0 : m_count->load();
}

} // namespace Bench
