// SPDX-License-Identifier: MIT
#ifndef COUNTINGCLIENT_H
#define COUNTINGCLIENT_H

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <algorithm>
#include <functional>
#include <utility>

// Counts numbered events. It goes on at the other server when it loses its own.
class CountingClient : public QObject
{
public:
    CountingClient(const QUrl &url, const QUrl &other)
        : m_manager(url, options())
        , m_socket(m_manager.socket(QStringLiteral("/")))
        , m_urls{url, other}
    {
        m_socket->on(QStringLiteral("n"), this,
                     [this](const QVariantList &args) { numbers.append(args.value(0).toInt()); });
        connect(m_socket, &SocketIo::ClientSocket::disconnected, this, [this] {
            std::swap(m_urls.first, m_urls.second);
            m_manager.setUrl(m_urls.first);
        });
    }
    bool isConnected() const { return m_socket->isConnected(); }
    bool has(int number) const { return !numbers.isEmpty() && numbers.last() >= number; }
    // Has got all from 0, once and in order.
    bool isComplete(int count) const
    {
        for (int i = 0; i < numbers.size(); ++i) {
            if (numbers[i] != i)
                return false;
        }
        return numbers.size() == count;
    }
    // Of those from 0, in order.
    QList<int> missing(int count) const
    {
        QList<int> result;
        for (int i = 0; i < count; ++i) {
            if (!numbers.contains(i))
                result.append(i);
        }
        return result;
    }
    bool isInOrder() const
    {
        return std::adjacent_find(numbers.cbegin(), numbers.cend(), std::greater_equal<int>())
            == numbers.cend();
    }

    QList<int> numbers;

private:
    static SocketIo::ClientOptions options()
    {
        SocketIo::ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnectionDelay = std::chrono::milliseconds(50);
        options.reconnectionDelayMax = std::chrono::milliseconds(300);
        return options;
    }
    SocketIo::Manager m_manager;
    SocketIo::ClientSocket *m_socket;
    std::pair<QUrl, QUrl> m_urls;
};

#endif
