// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTERRORWRITER_P_H
#define ENGINEIO_CLIENTERRORWRITER_P_H

#include <EngineIo/clienterror.h>

namespace EngineIo::detail {

// Adds the details of an error, which applications can only read.
class ENGINEIO_AUTOTEST_EXPORT ClientErrorWriter
{
public:
    explicit ClientErrorWriter(ClientError &error)
        : m_error(error)
    {
    }

    void setHttpAnswer(int status, const QByteArray &body);
    // code: of the WebSocket's close frame.
    void setCloseCode(int code);
    // hint: a sentence that suggests a solution.
    void setHint(const QString &hint);

private:
    ClientErrorData &data();

    ClientError &m_error;
};

} // namespace EngineIo::detail

#endif
