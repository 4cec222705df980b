// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SESSIONAWAREADAPTER_H
#define SOCKETIO_SESSIONAWAREADAPTER_H

#include <SocketIo/inmemoryadapter.h>

#include <chrono>
#include <memory>

namespace SocketIo {

class SessionAwareAdapterPrivate;

// The in-memory adapter with connection state recovery: stores the sessions of lost connections and
// the events that they miss.
class SOCKETIO_EXPORT SessionAwareAdapter : public InMemoryAdapter
{
public:
    explicit SessionAwareAdapter(
        Namespace *nsp, const RecoveryOptions &options = {},
        std::chrono::milliseconds noticeTime = std::chrono::milliseconds(45000));
    ~SessionAwareAdapter() override;

    void addAll(Socket *socket, const QStringList &rooms) override;
    void broadcast(Packet packet, const BroadcastOptions &options) override;
    void persistSession(const RecoverableSession &session) override;
    void restoreSession(const QString &pid, const QString &offset,
                        const RestoreReply &reply) override;

private:
    std::unique_ptr<SessionAwareAdapterPrivate> d;
};

} // namespace SocketIo

#endif
