// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ACK_H
#define SOCKETIO_ACK_H

#include <SocketIo/arguments.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <memory>

namespace SocketIo {

// Answers one received event, at most once: ack(args...). Copies share the one answer. Calling it
// is harmless when the peer wants no acknowledgement, has it already or is gone.
class SOCKETIO_EXPORT Ack
{
public:
    using Answer = std::function<void(const QVariantList &args)>;

    Ack() = default;
    explicit Ack(Answer answer);

    bool isWanted() const noexcept { return d != nullptr; } // the peer asked for one
    bool isPending() const noexcept;                        // wanted and not yet given

    template<typename... Args>
    void operator()(const Args &...args) const
    {
        acknowledge(toArguments(args...));
    }
    void acknowledge(const QVariantList &args) const;

private:
    friend class AckPrivate;
    struct State;
    std::shared_ptr<State> d;
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Ack)

#endif
