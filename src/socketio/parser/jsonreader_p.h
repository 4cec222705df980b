// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSONREADER_P_H
#define SOCKETIO_JSONREADER_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// Reads one JSON text (RFC 8259, strictly) from UTF-8 into QVariants: nullptr, bool, qint64 (a
// number without fraction or exponent that fits), double, QString, QVariantList, QVariantMap.
// An escape that is half a surrogate pair becomes just that in the QString.
class SOCKETIO_AUTOTEST_EXPORT JsonReader
{
public:
    JsonReader(QByteArrayView utf8, int maxDepth);

    // The whole text is one value, or one array. Once only.
    bool read(QVariant *value);
    bool readArray(QVariantList *list);

    // The first string shares *known if it says the same, else, if it is short, becomes it. For
    // what comes again and again, such as the name of an event.
    void shareFirstString(QString *known) noexcept { m_known = known; }

    QByteArray errorString() const;

private:
    bool fail(const char *reason);
    bool finish();
    void skipSpace();
    bool enter();
    char peek() const { return m_at != m_end ? *m_at : '\0'; }

    // Each is called at the value's first character.
    bool value(QVariant *result);
    bool literal(const char *word, qsizetype size, const QVariant &meaning, QVariant *result);
    bool number(QVariant *result);
    bool string(QString *result);
    QString plainString(QByteArrayView ascii);
    bool longString(const char *start, const char *firstSpecial, QString *result);
    bool escape(char16_t **out);
    bool multiByte(char16_t **out);
    bool item(QVariantList *list);
    bool array(QVariantList *list);
    bool object(QVariant *result);

    const char *const m_begin;
    const char *const m_end;
    const char *m_at;
    int m_depthLeft;
    const char *m_error = nullptr;
    QString *m_known = nullptr;
};

} // namespace SocketIo::detail

#endif
