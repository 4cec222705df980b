// SPDX-License-Identifier: MIT
#include "chatwindow.h"

#include "widgetparts.h"

#include <SocketIo/Manager>

#include <utility>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr auto Patience = 5s; // with the server's answers
constexpr int FailedRole = Qt::UserRole;
} // namespace

ChatWindow::ChatWindow(const QUrl &url, const QString &name)
    : m_name(name)
    , m_socket(Manager::connectTo(url))
    , m_note(m_socket)
{
    ui.setupUi(this);
    m_socket->setParent(this);
    ui.footer->addWidget(new JoinAddress(url));
    new EmptyText(ui.messages, tr("Nobody has said anything yet."));
    new EmptyText(ui.names, tr("Nobody is here."));
    ui.input->setFocus();
    m_typingPause.setSingleShot(true);
    m_typingPause.setInterval(2000);

    // From the server to this window: events call functions, with their arguments converted.
    m_socket->on(u"chat message"_s, this, &ChatWindow::showMessage);
    m_socket->on(u"names"_s, this, [this](const QStringList &names) {
        ui.names->clear();
        ui.names->addItems(names);
    });
    m_socket->on(u"typing"_s, this, [this](const QString &who, bool isTyping) {
        ui.typingLabel->setText(isTyping ? tr("%1 is typing").arg(who) : QString());
    });
    connect(m_socket, &ClientSocket::connected, this, &ChatWindow::join);
    connect(m_socket, &ClientSocket::disconnected, this, &ChatWindow::leave);
    connect(m_socket, &ClientSocket::stateChanged, this, &ChatWindow::showState);
    connect(m_socket, &ClientSocket::transportChanged, this, &ChatWindow::showState);
    connect(&m_note, &ConnectionNote::changed, this, &ChatWindow::showState);

    // From this window to the server: a signal is an event.
    m_socket->forward(this, &ChatWindow::typing, u"typing"_s);
    connect(ui.input, &QLineEdit::textEdited, this, [this] {
        if (!m_hasJoined)
            return;
        if (!m_typingPause.isActive())
            Q_EMIT typing(true);
        m_typingPause.start();
    });
    connect(&m_typingPause, &QTimer::timeout, this, [this] { Q_EMIT typing(false); });
    connect(ui.input, &QLineEdit::returnPressed, this, &ChatWindow::say);
    connect(ui.sendButton, &QPushButton::clicked, this, &ChatWindow::say);
    showState();
}

void ChatWindow::join()
{
    m_socket->timeout(Patience)
        .emitWithAck(u"join"_s, m_name)
        ->then(this,
               [this](const QString &name, const QList<Message> &history) {
                   m_name = name;
                   setWindowTitle(tr("%1 - QtSocketIo chat").arg(name));
                   const QList<QListWidgetItem *> failed = takeFailed();
                   ui.messages->clear();
                   for (const Message &message : history)
                       showMessage(message);
                   for (QListWidgetItem *item : failed)
                       ui.messages->addItem(item);
                   m_hasJoined = true;
                   for (const QString &text : std::exchange(m_waiting, {}))
                       send(text);
               })
        ->onFailed(this, [this](const Error &error) {
            if (m_socket->isConnected())
                ui.state->setText(tr("Not let in: %1.").arg(error.message()));
        });
}

void ChatWindow::leave()
{
    m_typingPause.stop();
    ui.typingLabel->clear();
    m_hasJoined = false;
}

void ChatWindow::say()
{
    const QString text = ui.input->text().trimmed();
    ui.input->clear();
    if (text.isEmpty())
        return;
    if (m_hasJoined) {
        m_typingPause.stop();
        Q_EMIT typing(false);
        send(text);
        return;
    }
    // Events that are emitted while there is no connection would be sent ahead of "join", so what
    // is said meanwhile waits here.
    m_waiting.append(text);
    auto *item = new QListWidgetItem(tr("Waiting for the connection\n%1").arg(text));
    item->setTextAlignment(Qt::AlignRight);
    QFont font = item->font();
    font.setItalic(true);
    item->setFont(font);
    ui.messages->addItem(item);
    ui.messages->scrollToBottom();
}

void ChatWindow::send(const QString &text)
{
    m_socket->timeout(Patience)
        .emitWithAck(u"chat message"_s, text)
        ->then(this,
               [this, text](const Message &answer) {
                   if (answer.error.isEmpty())
                       showMessage(answer);
                   else
                       showProblem(tr("Refused: %1").arg(answer.error), text);
               })
        ->onFailed(this, [this, text](const Error &error) {
            // The message may have arrived: only the user can see whether it did.
            showProblem(tr("Perhaps not delivered: %1").arg(error.message()), text);
        });
}

void ChatWindow::showProblem(const QString &problem, const QString &text)
{
    auto *item = new QListWidgetItem(problem + u'\n' + text);
    item->setTextAlignment(Qt::AlignRight);
    item->setData(FailedRole, true);
    ui.messages->addItem(item);
    ui.messages->scrollToBottom();
}

QList<QListWidgetItem *> ChatWindow::takeFailed()
{
    QList<QListWidgetItem *> failed;
    for (int row = ui.messages->count() - 1; row >= 0; --row) {
        if (ui.messages->item(row)->data(FailedRole).toBool())
            failed.prepend(ui.messages->takeItem(row));
    }
    return failed;
}

void ChatWindow::showMessage(const Message &message)
{
    const QString time = message.time.toLocalTime().toString(u"HH:mm"_s);
    auto *item = new QListWidgetItem(u"%1  %2\n%3"_s.arg(message.name, time, message.text));
    item->setTextAlignment(message.name == m_name ? Qt::AlignRight : Qt::AlignLeft);
    ui.messages->addItem(item);
    ui.messages->scrollToBottom();
}

void ChatWindow::showState()
{
    ui.state->setText(m_socket->isConnected() ? m_socket->transportName() : m_note.text());
    ui.state->setToolTip(m_note.hint());
}
