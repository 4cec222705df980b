// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPHEADERS_H
#define ENGINEIO_HTTPHEADERS_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <utility>

namespace EngineIo {

class ENGINEIO_EXPORT HttpHeaders
{
public:
    using Field = std::pair<QByteArray, QByteArray>;

    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<Field> fields);

    bool isEmpty() const noexcept { return m_fields.isEmpty(); }
    qsizetype count() const noexcept { return m_fields.size(); }
    const QList<Field> &fields() const noexcept { return m_fields; }

    bool contains(QByteArrayView name) const;
    QByteArray value(QByteArrayView name) const;
    QList<QByteArray> values(QByteArrayView name) const;
    QByteArray combinedValue(QByteArrayView name) const;
    bool hasToken(QByteArrayView name, QByteArrayView token) const;

    bool append(const QByteArray &name, const QByteArray &value);
    bool set(const QByteArray &name, const QByteArray &value);
    void remove(QByteArrayView name);

    static bool isValidName(QByteArrayView name);
    static bool isValidValue(QByteArrayView value);

private:
    QList<Field> m_fields;
};

} // namespace EngineIo

#endif
