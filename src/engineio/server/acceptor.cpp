// SPDX-License-Identifier: MIT
#include "engineio/server/acceptor_p.h"

#include "base/addresstext_p.h"
#include "base/logging_p.h"

#include <QtNetwork/qnetworkproxy.h>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#endif

namespace EngineIo::detail {

namespace {

// A whole crowd of clients may come back at once.
constexpr int BacklogSize = 4096;
// The next turn goes on where this one has stopped, after others had theirs.
constexpr int MaxAcceptedPerTurn = 128;

#ifdef Q_OS_UNIX
int acceptConnection(int listening)
{
#ifdef Q_OS_LINUX
    return ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    const int descriptor = ::accept(listening, nullptr, nullptr);
    if (descriptor >= 0)
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}

// Qt takes any socket, and would find out when the first client comes.
bool isListeningSocket(qintptr descriptor)
{
#ifdef SO_ACCEPTCONN
    int listening = 0;
    socklen_t size = sizeof listening;
    return ::getsockopt(int(descriptor), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0
        && listening != 0;
#else
    Q_UNUSED(descriptor)
    return true;
#endif
}

bool isOutOfResources(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// The listening socket itself is unusable, or never was one.
bool isFatal(int error)
{
    return error == EBADF || error == EINVAL || error == ENOTSOCK || error == EOPNOTSUPP;
}
#else
bool isListeningSocket(qintptr)
{
    return true;
}
#endif

} // namespace

Acceptor::Acceptor(std::function<void(Descriptor)> accepted)
    : m_accepted(std::move(accepted))
{
    setListenBacklogSize(BacklogSize);
    // A proxy of the application is for connections that it makes.
    setProxy(QNetworkProxy::NoProxy);
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, [this] { resume(); });
    connect(this, &QTcpServer::acceptError, this, [this](QAbstractSocket::SocketError error) {
        pause(errorString(), AcceptWarning::causeOf(error));
    });
}

Acceptor::~Acceptor() = default;

bool Acceptor::start(const ListenTarget &target, QString *error)
{
    if (target.descriptor) {
        if (!isListeningSocket(*target.descriptor) || !setSocketDescriptor(*target.descriptor)) {
            *error = tr("Descriptor %1 is no TCP socket that listens").arg(*target.descriptor);
            return false;
        }
    } else if (target.address.isNull()) { // which Qt takes for all addresses
        *error =
            tr("Cannot listen: the address is not valid. Use an IP address of this machine, or "
               "QHostAddress::Any for all of them");
        return false;
    } else if (!listen(target.address, target.port)) {
        *error = tr("Cannot listen on %1: %2")
                     .arg(addressText(target.address, target.port), errorString());
        return false;
    }
#ifdef Q_OS_UNIX
    pauseAccepting();
    // One that somebody else has opened may be set otherwise.
    const int listening = int(socketDescriptor());
    ::fcntl(listening, F_SETFD, FD_CLOEXEC);
    ::fcntl(listening, F_SETFL, ::fcntl(listening, F_GETFL) | O_NONBLOCK);
    m_notifier = std::make_unique<QSocketNotifier>(socketDescriptor(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] { acceptPending(); });
#endif
    qCDebug(lcEngine).noquote() << "Listening on" << addressText(serverAddress(), serverPort());
    return true;
}

void Acceptor::acceptPending()
{
#ifdef Q_OS_UNIX
    const int listening = int(socketDescriptor());
    for (int i = 0; i < MaxAcceptedPerTurn && m_notifier->isEnabled(); ++i) {
        const int descriptor = acceptConnection(listening);
        if (descriptor >= 0) {
            m_accepted(Descriptor(descriptor));
            continue;
        }
        const int error = errno;
        if (error == EAGAIN || error == EWOULDBLOCK)
            return;
        if (isFatal(error)) {
            m_notifier->setEnabled(false);
            qCWarning(lcEngine).noquote()
                << "No more connections are accepted on"
                << addressText(serverAddress(), serverPort()) + u':' << qt_error_string(error);
            return;
        }
        if (isOutOfResources(error)) {
            pause(qt_error_string(error), AcceptWarning::Cause::Resources);
            return;
        }
        // A connection that broke before it was accepted; the next one may be fine.
    }
#endif
}

void Acceptor::pause(const QString &reason, AcceptWarning::Cause cause)
{
    if (m_notifier)
        m_notifier->setEnabled(false);
    m_retry.start(AcceptRetryDelay);
    m_warning.warn(serverAddress(), serverPort(), reason, cause);
}

void Acceptor::resume()
{
    if (m_notifier)
        m_notifier->setEnabled(true);
    else
        resumeAccepting();
}

} // namespace EngineIo::detail
