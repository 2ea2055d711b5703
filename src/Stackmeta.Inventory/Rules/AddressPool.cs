using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Inventory;

/// <summary>The addresses of a subnet that are free, lowest first. Neither the gateway nor what a port has is given away.</summary>
sealed class AddressPool
{
    readonly IPNetwork _subnet;
    readonly UInt128 _last;
    readonly UInt128? _gateway;
    readonly HashSet<UInt128> _used;

    // All below it are in use.
    UInt128 _next;

    public AddressPool(SubnetEntry subnet, List<string> used)
    {
        _subnet = IPNetwork.Parse(subnet.Cidr);
        (_next, _last) = _subnet.Hosts();
        _gateway = subnet.GatewayIp is null ? null : IPAddress.Parse(subnet.GatewayIp).ToNumber();
        _used = [.. used.Select(address => IPAddress.Parse(address).ToNumber())];
    }

    /// <summary>Notes that a port has an address now.</summary>
    public void Take(string address) => _used.Add(IPAddress.Parse(address).ToNumber());

    /// <summary>Takes the lowest free address; null when there is none.</summary>
    public string? TakeNext()
    {
        for (; _next <= _last; _next++)
        {
            if (ReservedAddresses.FindAround(_next.ToAddress(_subnet.BaseAddress.AddressFamily)) is { } reserved)
            {
                // Of a subnet that was stored before it would have been refused.
                _next = reserved.Last;
            }
            else if (_next != _gateway && _used.Add(_next))
            {
                return _next.ToAddress(_subnet.BaseAddress.AddressFamily).ToString();
            }
            if (_next == UInt128.MaxValue)
            {
                break;
            }
        }
        return null;
    }
}
