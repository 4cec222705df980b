// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTHEAD_P_H
#define ENGINEIO_REQUESTHEAD_P_H

#include <EngineIo/httpheaders.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <utility>

namespace EngineIo::detail {

// The head of an HTTP/1 request, written line by line. Whether its parts are valid is for the caller
// to know; fields of HttpHeaders always are.
class RequestHead
{
public:
    RequestHead(QByteArrayView method, QByteArrayView target, int minorVersion = 1)
    {
        m_bytes.append(method).append(' ').append(target).append(" HTTP/1.");
        m_bytes.append(char('0' + minorVersion)).append("\r\n");
    }

    void add(QByteArrayView name, QByteArrayView value)
    {
        m_bytes.append(name).append(": ").append(value).append("\r\n");
    }

    void add(const HttpHeaders &headers)
    {
        addUnless(headers, [](QByteArrayView) { return false; });
    }

    // Adds the fields for whose name leaveOut() returns false.
    template<typename LeaveOut>
    void addUnless(const HttpHeaders &headers, LeaveOut leaveOut)
    {
        for (const HttpHeaders::FieldView &field : headers) {
            if (!leaveOut(field.first))
                add(field.first, field.second);
        }
    }

    // Returns the complete head, with the empty line at its end. To be called once.
    QByteArray finish() { return std::move(m_bytes.append("\r\n")); }

private:
    QByteArray m_bytes;
};

} // namespace EngineIo::detail

#endif
