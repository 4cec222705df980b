// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSONWRITER_P_H
#define SOCKETIO_JSONWRITER_P_H

#include <SocketIo/socketioglobal.h>

#include "socketio/events/plainvalue_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <limits>

QT_BEGIN_NAMESPACE
class QDateTime;
QT_END_NAMESPACE

namespace SocketIo::detail {

// Appends compact JSON in UTF-8 to a byte array, written as JSON.stringify() writes it: numbers,
// escapes, dates, null for what JSON has no form of.
class SOCKETIO_AUTOTEST_EXPORT JsonWriter
{
public:
    // What becomes of a QByteArray, wherever it is.
    enum class Binary {
        Attach,   // a placeholder; the bytes are in attachments()
        Describe, // {"type":"Buffer","data":[...]}, as Node.js writes a Buffer
    };

    // out belongs to the writer until finish(). maxSize is of all that out has in the end, and of
    // the attachments.
    JsonWriter(QByteArray *out, int maxDepth, Binary binary,
               qsizetype maxSize = std::numeric_limits<qsizetype>::max());

    void writeRaw(QByteArrayView utf8);
    void writeRaw(char c)
    {
        reserve(1);
        *m_at++ = c;
    }
    void writeText(QStringView text); // neither quoted nor escaped
    void write(const QVariant &value);
    void writeList(const QVariantList &list);

    // For writeOtherValue().
    void writeNull() { writeRaw("null"); }
    void writeInteger(qint64 number);
    void writeUnsigned(quint64 number);
    void writeDouble(double number);
    void writeString(QStringView text);
    void writeDateTime(const QDateTime &valid);
    bool beginList(qsizetype) { return open('['); }
    bool beginObject(qsizetype) { return open('{'); }
    void writeKey(QStringView key)
    {
        writeString(key);
        writeRaw(':');
        if (key.size() == PlaceholderKey.size() && key == PlaceholderKey)
            m_placeholderAt = m_at - m_out->constData();
    }
    void endItem()
    {
        if (m_placeholderAt != 0)
            checkPlaceholder();
        writeRaw(',');
    }
    void addLost(QMetaType type) { addLostType(&m_lost, type); }
    void endList() { close(']'); }
    void endObject() { close('}'); }

    // Returns false if the values are too large or nested too deeply: out is then useless.
    bool finish();
    bool isTooLarge() const { return m_tooLarge; }
    // Whether there is an object that looks like what stands for an attachment.
    bool hasPlaceholder() const { return m_hasPlaceholder; }
    const QList<QByteArray> &attachments() const { return m_attachments; }
    // The names of the types of which there were values that cannot be written.
    const QList<QByteArray> &lost() const { return m_lost; }

private:
    static constexpr QStringView PlaceholderKey = u"_placeholder";

    // Around the elements of an array or object, each of which is followed by a comma.
    bool open(char bracket);
    void close(char bracket);
    void reserve(qsizetype size)
    {
        if (m_end - m_at < size)
            grow(size);
    }
    void grow(qsizetype size);
    void dropOutput(qsizetype size);

    void checkPlaceholder();

    void writeSpecial(const char16_t **at, const char16_t *end);
    void writeBytes(const QByteArray &bytes);
    void writeMap(const QVariantMap &map);
    void writeHash(const QVariantHash &hash);
    void writeStringList(const QStringList &list);

    QByteArray *const m_out;
    char *m_at = nullptr;
    char *m_end = nullptr;
    int m_depthLeft;
    const Binary m_binary;
    const qsizetype m_maxSize;
    qsizetype m_attachedSize = 0;
    bool m_tooDeep = false;
    bool m_tooLarge = false;
    qsizetype m_placeholderAt = 0; // where the value of such a member begins; 0: nowhere
    bool m_hasPlaceholder = false;
    QList<QByteArray> m_attachments;
    QList<QByteArray> m_lost;
};

} // namespace SocketIo::detail

#endif
