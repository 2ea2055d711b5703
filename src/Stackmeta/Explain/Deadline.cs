namespace Stackmeta;

/// <summary>
/// How long questions may take: each a certain time, and all together twice that, however many there are. Whoever waits for a hung hop
/// waits for it once, and there is time for one more question.
/// </summary>
sealed class Deadline(TimeSpan each, TimeProvider time)
{
    readonly long _start = time.GetTimestamp();

    /// <summary>What one question may take, as it was asked for.</summary>
    public TimeSpan Each => each;

    /// <summary>For finding out who is meant, where Neutron must be asked.</summary>
    public TimeSpan Finding => each / 2;

    /// <summary>For what is good to know, and no more; with <see cref="Finding"/> it leaves a hop its whole time.</summary>
    public TimeSpan Aside => each / 4;

    /// <summary>What the next question may take; zero when the time is over.</summary>
    public TimeSpan Next
    {
        get
        {
            var left = (2 * each) - time.GetElapsedTime(_start);
            return left < TimeSpan.Zero ? TimeSpan.Zero
                : left < each ? left
                : each;
        }
    }

    /// <summary>Whether so little time is left that silence would prove nothing.</summary>
    public bool IsNearlyOver => Next < each / 2;
}
