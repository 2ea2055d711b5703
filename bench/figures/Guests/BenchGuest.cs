using System.Globalization;
using System.Net;
using System.Text;

namespace Stackmeta.Bench.Figures;

/// <summary>The numbers of some networks.</summary>
readonly record struct NetworkRange(int First, int Count)
{
    public IEnumerable<int> Numbers => Enumerable.Range(First, Count);
}

/// <summary>A guest of the benches. All that it is follows from its number, so that what it must be told is known.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Network">The number of its network.</param>
/// <param name="Place">Its number on that network, from 0.</param>
sealed record BenchGuest(int Number, int Network, int Place)
{
    public string InstanceId => Id("1");

    public string PortId => Id("2");

    public string Name => $"guest-{Number:d6}";

    public string Mac => $"fa:16:3e:{Number >> 16:x2}:{(Number >> 8) & 255:x2}:{Number & 255:x2}";

    public string Reservation => $"r-x{Number:d7}";

    /// <summary>Above those of images, and eight hexadecimal digits that are nothing else.</summary>
    public int Ec2Number => 0x5a000000 + Number;

    /// <summary>All networks have the same addresses, as networks of different projects may.</summary>
    public IPAddress Address => new([10, 10, (byte)(1 + (Place / 250)), (byte)(1 + (Place % 250))]);

    /// <summary>What answers say of this guest and no other.</summary>
    public IReadOnlyList<string> Values =>
        [
            InstanceId,
            PortId,
            PortId[..11],
            Name,
            Mac,
            Reservation,
            $"{Ec2Number:x8}",
            Address.ToString(),
            NetworkId(Network),
        ];

    public static string NetworkId(int network) => $"{network:x8}-0000-4000-8000-0000000000a0";

    public static string SubnetId(int network) => $"{network:x8}-0000-4000-8000-0000000000b0";

    /// <summary>Spreads them over networks in turns.</summary>
    public static IReadOnlyList<BenchGuest> Many(int guests, NetworkRange networks) =>
        [
            .. Enumerable
                .Range(0, guests)
                .Select(number => new BenchGuest(
                    number,
                    networks.First + (number % networks.Count),
                    number / networks.Count
                )),
        ];

    /// <summary>Values as bytes.</summary>
    public IReadOnlyList<byte[]> ValueBytes() => [.. Values.Select(Encoding.ASCII.GetBytes)];

    string Id(string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{Number:x8}-{kind}000-4000-8000-00000000be{kind}{kind}");
}
