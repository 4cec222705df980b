// SPDX-License-Identifier: MIT
#include "canvas.h"

#include <QtCore/quuid.h>
#include <QtGui/qevent.h>
#include <QtGui/qpainter.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace {

constexpr int StepTime = 40; // ms between messages about one movement
constexpr qsizetype LongStroke = 4000;

void paintStroke(QPainter *painter, const Stroke &stroke)
{
    const QPolygonF line = stroke.polygon();
    painter->setPen(
        QPen(QColor(stroke.color), stroke.width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (line.size() == 1)
        painter->drawPoint(line.constFirst());
    else
        painter->drawPolyline(line);
}

double rounded(double value)
{
    return std::round(value * 10) / 10;
}

} // namespace

Canvas::Canvas(BoardClient *board, QWidget *parent)
    : QWidget(parent)
    , m_board(board)
{
    setMouseTracking(true);
    setCursor(Qt::CrossCursor);
    setAccessibleName(tr("Board"));
    setMinimumSize(PageSize / 8);
    m_steps.setSingleShot(true);
    m_steps.setInterval(StepTime);
    connect(&m_steps, &QTimer::timeout, this, &Canvas::tellMovement);
    connect(board, &BoardClient::strokesChanged, this, [this] {
        m_page = {};
        update();
    });
    connect(board, &BoardClient::strokeAdded, this,
            [this](const Stroke &stroke, const QString &personId) {
                m_sketches.remove(personId);
                if (!m_page.isNull()) {
                    QPainter painter(&m_page);
                    painter.setRenderHint(QPainter::Antialiasing);
                    painter.setTransform(pageTransform());
                    paintStroke(&painter, stroke);
                }
                update();
            });
    connect(board, &BoardClient::sketched, this,
            [this](const Stroke &stroke, const QString &personId) {
                m_sketches.insert(personId, stroke);
                m_cursors.insert(personId, stroke.polygon().last());
                update();
            });
    connect(board, &BoardClient::cursorMoved, this,
            [this](QPointF position, const QString &personId) {
                m_cursors.insert(personId, position);
                update();
            });
    connect(board, &BoardClient::peopleChanged, this, &Canvas::forgetAbsent);
}

QTransform Canvas::pageTransform() const
{
    const double scale =
        std::min(double(width()) / PageSize.width(), double(height()) / PageSize.height());
    return QTransform::fromTranslate((width() - scale * PageSize.width()) / 2,
                                     (height() - scale * PageSize.height()) / 2)
        .scale(scale, scale);
}

QPointF Canvas::toPage(QPointF position) const
{
    return pageTransform().inverted().map(position);
}

QPointF Canvas::fromPage(QPointF position) const
{
    return pageTransform().map(position);
}

void Canvas::forgetAbsent()
{
    const QList<Person> people = m_board->people();
    const auto isAbsent = [&](const auto &entry) {
        return std::none_of(people.begin(), people.end(),
                            [&](const Person &person) { return person.id == entry.key(); });
    };
    m_cursors.removeIf(isAbsent);
    m_sketches.removeIf(isAbsent);
    update();
}

void Canvas::resizeEvent(QResizeEvent *)
{
    m_page = {};
}

void Canvas::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        m_page = {}; // has the old color around the paper
    QWidget::changeEvent(event);
}

void Canvas::paintEvent(QPaintEvent *)
{
    const QTransform transform = pageTransform();
    if (m_page.isNull() || m_page.devicePixelRatio() != devicePixelRatio()) {
        m_page = QPixmap(size() * devicePixelRatio());
        m_page.setDevicePixelRatio(devicePixelRatio());
        m_page.fill(palette().color(QPalette::Window));
        QPainter painter(&m_page);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setTransform(transform);
        painter.fillRect(QRect(QPoint(), PageSize), Qt::white);
        painter.setClipRect(QRect(QPoint(), PageSize));
        const QList<Stroke> strokes = m_board->strokes();
        for (const Stroke &stroke : strokes)
            paintStroke(&painter, stroke);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawPixmap(0, 0, m_page);
    if (m_board->strokes().isEmpty() && m_sketches.isEmpty() && m_current.points.isEmpty()) {
        painter.setPen(QColor(0x5a, 0x65, 0x77)); // the paper is white in dark windows too
        painter.drawText(rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("Nothing is drawn yet. Draw with the mouse."));
    }
    painter.setTransform(transform);
    for (const Stroke &stroke : std::as_const(m_sketches))
        paintStroke(&painter, stroke);
    if (!m_current.points.isEmpty())
        paintStroke(&painter, m_current);
    painter.resetTransform();
    const QList<Person> people = m_board->people();
    for (const Person &person : people) {
        if (m_cursors.contains(person.id))
            paintCursor(&painter, person, transform.map(m_cursors.value(person.id)));
    }
}

void Canvas::paintCursor(QPainter *painter, const Person &person, QPointF position) const
{
    painter->setPen(QPen(Qt::white, 1));
    painter->setBrush(QColor(person.color));
    painter->drawPolygon(QPolygonF({position, position + QPointF(4, 14), position + QPointF(7, 9),
                                    position + QPointF(14, 8)}));
    const QRectF text = painter->boundingRect(QRectF(position + QPointF(14, 14), QSizeF()),
                                              Qt::TextSingleLine, person.name);
    painter->setPen(Qt::NoPen);
    painter->drawRoundedRect(text.adjusted(-5, -2, 5, 2), 4, 4);
    painter->setPen(qGray(QColor(person.color).rgb()) > 115 ? Qt::black : Qt::white);
    painter->drawText(text, Qt::TextSingleLine, person.name);
}

void Canvas::addPoint(QPointF position)
{
    const QPointF point = toPage(position);
    m_current.points.append(rounded(std::clamp(point.x(), 0.0, double(PageSize.width()))));
    m_current.points.append(rounded(std::clamp(point.y(), 0.0, double(PageSize.height()))));
    update();
}

void Canvas::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_current = {
        QUuid::createUuid().toString(QUuid::WithoutBraces), m_color.name(), m_penWidth, {}};
    addPoint(event->position());
}

void Canvas::mouseMoveEvent(QMouseEvent *event)
{
    m_cursor = toPage(event->position());
    if (!m_current.points.isEmpty() && m_current.points.size() < 2 * LongStroke)
        addPoint(event->position());
    m_moved = true;
    if (!m_steps.isActive())
        tellMovement();
}

// At once, then in steps for as long as the movement lasts, so that its end is told too.
void Canvas::tellMovement()
{
    if (!std::exchange(m_moved, false))
        return;
    if (m_current.points.isEmpty())
        m_board->moveCursor(m_cursor);
    else
        m_board->sketch(m_current);
    m_steps.start();
}

void Canvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_current.points.isEmpty())
        return;
    m_board->draw(std::exchange(m_current, {}));
}
