// SPDX-License-Identifier: MIT
#include "adminui/passwordcheck_p.h"

#include <QtCore/qregularexpression.h>

#ifdef QTSOCKETIO_HAVE_BCRYPT
#include <crypt.h>
#endif

#include <memory>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

PasswordCheck::PasswordCheck(const QByteArray &hash, int maxWaiting)
    : m_hash(hash)
    , m_maxWaiting(maxWaiting)
{
    m_thread.setMaxThreadCount(1);
}

PasswordCheck::~PasswordCheck()
{
    m_thread.clear();
    m_thread.waitForDone();
}

bool PasswordCheck::isAvailable()
{
#ifdef QTSOCKETIO_HAVE_BCRYPT
    return true;
#else
    return false;
#endif
}

bool PasswordCheck::isBcryptHash(const QByteArray &hash)
{
    static const QRegularExpression form(
        u"\\A\\$2[abxy]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}\\z"_s);
    return form.match(QString::fromLatin1(hash)).hasMatch();
}

bool PasswordCheck::matches(const QByteArray &password, const QByteArray &hash)
{
#ifdef QTSOCKETIO_HAVE_BCRYPT
    if (password.contains('\0')) // the library would stop reading there
        return false;
    const auto data = std::make_unique<crypt_data>(); // 32 KiB
    const char *made = crypt_r(password.constData(), hash.constData(), data.get());
    if (!made || hash.isEmpty() || qstrlen(made) != size_t(hash.size()))
        return false;
    // Takes the same time wherever the two differ.
    int difference = 0;
    for (qsizetype i = 0; i < hash.size(); ++i)
        difference |= hash[i] ^ made[i];
    return difference == 0;
#else
    Q_UNUSED(password)
    Q_UNUSED(hash)
    return false;
#endif
}

bool PasswordCheck::start(const QByteArray &password, const Done &done)
{
    if (m_waiting >= m_maxWaiting)
        return false;
    ++m_waiting;
    // done is moved back, so that the other thread does not keep what it captures.
    m_thread.start([this, password, done = Done(done), hash = m_hash]() mutable {
        const bool same = matches(password, hash);
        QMetaObject::invokeMethod(
            this,
            [this, same, done = std::move(done)] {
                --m_waiting;
                done(same);
            },
            Qt::QueuedConnection);
    });
    return true;
}

} // namespace SocketIo::detail
