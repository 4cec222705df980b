// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ERRORTEXT_P_H
#define SOCKETIO_ERRORTEXT_P_H

#include <SocketIo/error.h>

#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Returns the message and the hint of an error in one line for the log.
inline QString withHint(const QString &text, const Error &error)
{
    const QString hint = error.hint();
    if (hint.isEmpty())
        return text;
    return text.endsWith(u'.') ? text + u' ' + hint : text + QStringLiteral(". ") + hint;
}

inline QString withHint(const Error &error)
{
    return withHint(error.message(), error);
}

} // namespace SocketIo::detail

#endif
