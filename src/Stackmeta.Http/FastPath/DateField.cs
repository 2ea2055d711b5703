using System.Text;

namespace Stackmeta.Http;

/// <summary>The Date field of answers (RFC 9110 §6.6.1), made anew once a second.</summary>
sealed class DateField(TimeProvider time)
{
    /// <summary>Replaced as a whole, by anybody: two who do so at once write the same.</summary>
    volatile Known? _known;

    /// <summary>The field with its line end.</summary>
    public ReadOnlySpan<byte> Line
    {
        get
        {
            var now = time.GetUtcNow();
            var second = now.UtcTicks / TimeSpan.TicksPerSecond;
            if (_known is not { } known || known.Second != second)
            {
                _known = known = new(second, Encoding.ASCII.GetBytes($"Date: {now:R}\r\n"));
            }
            return known.Line;
        }
    }

    sealed record Known(long Second, byte[] Line);
}
