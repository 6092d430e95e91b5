/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

/*
 * A camera of the kernel's where there is none: loaded before bianmin-capture's libraries (LD_PRELOAD) it answers what
 * GStreamer's v4l2src asks of /dev/video-fake as the kernel's driver of USB cameras (uvcvideo) does. FAKE_V4L2 says which:
 *
 *   jpeg     gives FAKE_STILL as it is, thirty times a second; it has raw frames, too
 *   rows     gives raw frames of stripes only
 *   tiny     raw frames of two points by two
 *   vast     raw frames of 16,384 points by as many
 *   empty    JPEGs of no byte
 *   busy     another program has it
 *   silent   says yes to everything and never gives a frame
 *   pulled   is drawn out after three frames
 *
 * Frames are due when a timer says so: the device's descriptor is the timer's.
 */

#define NODE      "/dev/video-fake"
#define MOST      8
#define FRAME_NS  33000000
#define LEFT      3 /* frames before it is pulled */
#define JPEG_ROOM (4 * 1024 * 1024)

static struct
{
  void *memory[MOST];
  int waiting[MOST]; /* a queue */
  unsigned n_waiting;
  unsigned n_buffers;
  unsigned n_given;
  __u32 format;
  size_t length;
} fake = { .format = V4L2_PIX_FMT_YUYV };

static int
is_kind (const char *name)
{
  const char *kind = getenv ("FAKE_V4L2");

  return kind != NULL && strcmp (kind, name) == 0;
}

static unsigned
side (unsigned usual)
{
  return is_kind ("tiny") ? 2 : is_kind ("vast") ? 16384 : usual;
}

static int
has_jpeg (void)
{
  return is_kind ("jpeg") || is_kind ("empty") || is_kind ("pulled");
}

/* GStreamer works on copies of the descriptor, too; nothing else in here has a timer. */
static int
is_ours (int fd)
{
  char path[32];
  char what[32] = { 0 };

  (void) snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  return readlink (path, what, sizeof what - 1) > 0 && strcmp (what, "anon_inode:[timerfd]") == 0;
}

static int
fail (int code)
{
  errno = code;
  return -1;
}

/* Stripes that a decoder, or a wrong stride, would tear. */
static size_t
draw (unsigned char *to)
{
  const size_t row = (size_t) 2 * side (640);
  FILE *still;
  size_t n;

  if (is_kind ("empty"))
    return 0;
  if (fake.format == V4L2_PIX_FMT_YUYV)
    {
      for (size_t i = 0; i < row * side (480); i++)
        to[i] = i % 2 ? 128 : i / 16 % 2 ? 220 : 40;
      return row * side (480);
    }
  still = fopen (getenv ("FAKE_STILL"), "rbe");
  if (still == NULL)
    return 0;
  n = fread (to, 1, JPEG_ROOM, still);
  (void) fclose (still); /* it was only read */
  return n;
}

static int
tell_format (struct v4l2_format *format)
{
  struct v4l2_pix_format *pix = &format->fmt.pix;
  const __u32 wanted = pix->pixelformat;

  memset (pix, 0, sizeof *pix);
  pix->pixelformat =
    wanted == V4L2_PIX_FMT_MJPEG && has_jpeg () ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
  pix->width = side (640);
  pix->height = side (480);
  pix->field = V4L2_FIELD_NONE;
  pix->colorspace = V4L2_COLORSPACE_SRGB;
  pix->bytesperline = pix->pixelformat == V4L2_PIX_FMT_YUYV ? 2 * pix->width : 0;
  pix->sizeimage = pix->bytesperline != 0 ? pix->bytesperline * pix->height : JPEG_ROOM;
  return 0;
}

static int
set_format (struct v4l2_format *format)
{
  if (is_kind ("busy"))
    return fail (EBUSY);
  (void) tell_format (format); /* it knows no failure */
  fake.format = format->fmt.pix.pixelformat;
  fake.length = format->fmt.pix.sizeimage;
  return 0;
}

static int
name_format (struct v4l2_fmtdesc *desc)
{
  const __u32 formats[] = { has_jpeg () ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV,
                            V4L2_PIX_FMT_YUYV };

  if (desc->index > (has_jpeg () ? 1u : 0u))
    return fail (EINVAL);
  desc->pixelformat = formats[desc->index];
  desc->flags = desc->pixelformat == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
  return 0;
}

static int
name_size (struct v4l2_frmsizeenum *size)
{
  if (size->index > 0)
    return fail (EINVAL);
  size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
  size->discrete.width = side (640);
  size->discrete.height = side (480);
  return 0;
}

static int
name_pace (struct v4l2_frmivalenum *pace)
{
  if (pace->index > 0)
    return fail (EINVAL);
  pace->type = V4L2_FRMIVAL_TYPE_DISCRETE;
  pace->discrete.numerator = 1;
  pace->discrete.denominator = 30;
  return 0;
}

static int
make_room (struct v4l2_requestbuffers *request)
{
  if (request->memory != V4L2_MEMORY_MMAP)
    return fail (EINVAL);
  if (is_kind ("busy"))
    return fail (EBUSY);
  request->count = request->count < MOST ? request->count : MOST;
  fake.n_buffers = request->count;
  fake.n_waiting = 0;
  return 0;
}

static int
tell_buffer (struct v4l2_buffer *buffer)
{
  if (buffer->index >= fake.n_buffers)
    return fail (EINVAL);
  buffer->length = (__u32) fake.length;
  buffer->m.offset = buffer->index * 0x10000;
  buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  return 0;
}

static int
take_buffer (struct v4l2_buffer *buffer)
{
  if (buffer->index >= fake.n_buffers || fake.n_waiting == MOST)
    return fail (EINVAL);
  fake.waiting[fake.n_waiting++] = (int) buffer->index;
  return tell_buffer (buffer);
}

static int
give_buffer (int fd, struct v4l2_buffer *buffer)
{
  __u64 due;

  if (is_kind ("pulled") && fake.n_given == LEFT)
    return fail (ENODEV);
  if (fake.n_waiting == 0 || read (fd, &due, sizeof due) != sizeof due)
    return fail (EINVAL);
  buffer->index = (__u32) fake.waiting[0];
  memmove (fake.waiting, fake.waiting + 1, --fake.n_waiting * sizeof *fake.waiting);
  (void) tell_buffer (buffer); /* it is one of those */
  buffer->flags |= V4L2_BUF_FLAG_DONE;
  buffer->bytesused = (__u32) draw (fake.memory[buffer->index]);
  buffer->sequence = fake.n_given++;
  buffer->field = V4L2_FIELD_NONE;
  return 0;
}

static int
run (int fd, long ns)
{
  const struct itimerspec pace = { { 0, is_kind ("silent") ? 0 : ns },
                                   { 0, is_kind ("silent") ? 0 : ns } };

  fake.n_waiting = ns == 0 ? 0 : fake.n_waiting;
  return timerfd_settime (fd, 0, &pace, NULL);
}

static int
tell_device (struct v4l2_capability *device)
{
  memset (device, 0, sizeof *device);
  memcpy (device->driver, "uvcvideo", sizeof "uvcvideo");
  memcpy (device->card, "Fake", sizeof "Fake");
  device->version = 0x60100;
  device->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
  device->capabilities = device->device_caps | V4L2_CAP_DEVICE_CAPS;
  return 0;
}

static int
tell_pace (struct v4l2_streamparm *parm)
{
  memset (&parm->parm, 0, sizeof parm->parm);
  parm->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
  parm->parm.capture.timeperframe.numerator = 1;
  parm->parm.capture.timeperframe.denominator = 30;
  return 0;
}

static int
answer (int fd, unsigned long request, void *arg)
{
  switch (request)
    {
    case VIDIOC_QUERYCAP:
      return tell_device (arg);
    case VIDIOC_ENUM_FMT:
      return name_format (arg);
    case VIDIOC_ENUM_FRAMESIZES:
      return name_size (arg);
    case VIDIOC_ENUM_FRAMEINTERVALS:
      return name_pace (arg);
    case VIDIOC_TRY_FMT:
    case VIDIOC_G_FMT:
      return tell_format (arg);
    case VIDIOC_S_FMT:
      return set_format (arg);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
      return tell_pace (arg);
    case VIDIOC_REQBUFS:
      return make_room (arg);
    case VIDIOC_QUERYBUF:
      return tell_buffer (arg);
    case VIDIOC_QBUF:
      return take_buffer (arg);
    case VIDIOC_DQBUF:
      return give_buffer (fd, arg);
    case VIDIOC_STREAMON:
      return run (fd, FRAME_NS);
    case VIDIOC_STREAMOFF:
      return run (fd, 0);
    default:
      return fail (ENOTTY);
    }
}

/* What stands before the C library's own, under the names that GStreamer's plugin calls. */

int open64 (const char *path, int flags, ...);
int stat64 (const char *path, struct stat64 *info);
void *mmap64 (void *at, size_t length, int protection, int flags, int fd, off64_t offset);

int
open64 (const char *path, int flags, ...)
{
  int (*real) (const char *, int, ...) = dlsym (RTLD_NEXT, "open64");
  unsigned mode;
  va_list rest;

  va_start (rest, flags);
  mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (rest, unsigned) : 0;
  va_end (rest);
  if (strcmp (path, NODE) != 0)
    return real (path, flags, mode);
  return timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
}

int
stat64 (const char *path, struct stat64 *info)
{
  int (*real) (const char *, struct stat64 *) = dlsym (RTLD_NEXT, "stat64");

  if (strcmp (path, NODE) != 0)
    return real (path, info);
  memset (info, 0, sizeof *info);
  info->st_mode = S_IFCHR | 0600;
  return 0;
}

int
ioctl (int fd, unsigned long request, ...)
{
  int (*real) (int, unsigned long, ...) = dlsym (RTLD_NEXT, "ioctl");
  va_list rest;
  void *arg;

  va_start (rest, request);
  arg = va_arg (rest, void *);
  va_end (rest);
  return is_ours (fd) ? answer (fd, request, arg) : real (fd, request, arg);
}

void *
mmap64 (void *at, size_t length, int protection, int flags, int fd, off64_t offset)
{
  void *(*real) (void *, size_t, int, int, int, off64_t) = dlsym (RTLD_NEXT, "mmap64");

  if (fd < 0 || !is_ours (fd))
    return real (at, length, protection, flags, fd, offset);
  at = real (NULL, length, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED)
    fake.memory[offset / 0x10000] = at;
  return at;
}
