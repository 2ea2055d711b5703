namespace Stackmeta;

/// <summary>Disk and clock of this host.</summary>
static class HostJudgement
{
    /// <summary>Less than this, and SQLite's next page or dnsmasq's next lease finds no room.</summary>
    const long LeastFree = 1 << 20;

    /// <summary>Clocks differ by a little on every host.</summary>
    static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(60);

    public static LinkVerdict Host(PathSights sights) =>
        sights.Host switch
        {
            { FreeBytes: < LeastFree } => LinkVerdict.Broken(
                Finding.DiskFull,
                $"{sights.Host.FreeBytes / 1024} KiB free in {sights.Host.Folder}"
            ),
            { ClockBehind: var behind } when behind > _tolerance => LinkVerdict.Broken(
                Finding.ClockBehind,
                $"the clock stands {behind:d\\.hh\\:mm\\:ss} before the last change"
            ),
            { FreeBytes: null, ClockBehind: null } => LinkVerdict.NotLookedAt(
                PathLink.Host,
                $"there is no {sights.Host.Folder}"
            ),
            { FreeBytes: var free, ClockBehind: null } => LinkVerdict.Fine(
                PathLink.Host,
                $"{free / (1 << 20)} MiB free"
            ),
            { FreeBytes: null } => LinkVerdict.Fine(PathLink.Host, "the clock is later than the last change"),
            { FreeBytes: var free } => LinkVerdict.Fine(PathLink.Host, $"{free / (1 << 20)} MiB free, clock in order"),
        };
}
