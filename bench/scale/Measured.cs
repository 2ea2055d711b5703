namespace Stackmeta.Bench.Scale;

/// <summary>What was measured on the machine of docs/performance, and what is assumed because no machine here can show it.</summary>
sealed record Measured
{
    /// <summary>A guest's requests at its boot: cloud-init's, a connection each.</summary>
    public int RequestsOfABoot { get; init; } = 28;

    /// <summary>CPU microseconds a request in a boot storm, whole path in one process (docs/performance/storm.md).</summary>
    public double CpuOfARequest { get; init; } = 75;

    /// <summary>MiB of a program with no network and no guest (docs/performance/memory.md).</summary>
    public double ProgramMebibytes { get; init; } = 26;

    /// <summary>KiB a network served by the program's own listeners.</summary>
    public double NetworkKibibytes { get; init; } = 18;

    /// <summary>KiB a kept instance with its port.</summary>
    public double InstanceKibibytes { get; init; } = 8;

    /// <summary>CPU microseconds of MariaDB for one cold record, both of its databases together (docs/performance/api.md).</summary>
    public double DatabaseCpuOfALoad { get; init; } = 711;

    /// <summary>
    /// The part of it in Nova's API database, which a region has one of: the mapping of an instance to its cell. Assumed.
    /// </summary>
    public double ShareOfTheApiDatabase { get; init; } = 0.3;

    /// <summary>CPU microseconds of MariaDB for one port by its address in Neutron's database. Assumed to be like a mapping's.</summary>
    public double DatabaseCpuOfAPort { get; init; } = 260;

    /// <summary>
    /// CPU microseconds over all of OpenStack's own services for one request that finds nothing kept (docs/performance/path.md).
    /// </summary>
    public double OpenStackCpuOfARequest { get; init; } = 25_800;

    /// <summary>Seconds between two requests of a guest at rest. Assumed: agents that poll; most guests never ask again.</summary>
    public double SecondsBetweenRequests { get; init; } = 300;

    /// <summary>How long a guest's request may wait inside (spec/guest-clients.md §1.2).</summary>
    public double Patience { get; init; } = 7.5;
}
