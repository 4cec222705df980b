// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_JSONP_P_H
#define ENGINEIO_JSONP_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstringview.h>

#include <optional>

namespace EngineIo::detail {

// Polling for pages that cannot make requests to other origins: an answer is a script that calls a
// function with the payload, and a POST is that of a form.
class ENGINEIO_AUTOTEST_EXPORT Jsonp
{
public:
    // index is the query's item "j", which says which of the page's functions to call.
    explicit Jsonp(QStringView index);

    QByteArray wrap(QByteArrayView payload) const;
    // The payload in a form; nothing if it has none, or several.
    static std::optional<QByteArray> unwrap(QByteArrayView form);

private:
    QByteArray m_head;
};

} // namespace EngineIo::detail

#endif
