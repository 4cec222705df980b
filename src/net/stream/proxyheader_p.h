// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PROXYHEADER_P_H
#define ENGINEIO_PROXYHEADER_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtNetwork/qhostaddress.h>

namespace EngineIo::detail {

// What a proxy reports by HAProxy's PROXY protocol before the first byte of a connection.
struct ProxyHeader
{
    QHostAddress address; // null: the connection is the proxy's own, for example a health check
    quint16 port = 0;
    bool secure = false; // the client uses TLS to the proxy
    QByteArray bytes;    // the header itself
};

// Reads a header of version 1 or 2. It never takes a byte beyond the header.
class ENGINEIO_AUTOTEST_EXPORT ProxyHeaderParser
{
public:
    enum class Status { NeedMore, Complete, Error };

    explicit ProxyHeaderParser(qsizetype maxSize)
        : m_maxSize(maxSize)
    {
    }

    // consumed is set to the number of bytes that belong to the header.
    Status parse(QByteArrayView data, qsizetype *consumed);
    const ProxyHeader &header() const noexcept { return m_header; }
    const QByteArray &errorString() const noexcept { return m_error; }

private:
    Status fail(const char *reason);
    Status take(QByteArrayView data, qsizetype size, qsizetype *consumed);
    Status parseText();
    Status parseBinary();
    void parseExtensions(QByteArrayView data);

    const qsizetype m_maxSize;
    ProxyHeader m_header;
    QByteArray m_error;
};

} // namespace EngineIo::detail

#endif
